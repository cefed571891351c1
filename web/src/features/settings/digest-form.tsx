// When a user gets the digest by e-mail, what is in it, and today's.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Field } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { ZoneInput } from "@/shared/forms/zone-input";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Loaded } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";
import {
  DIGEST_HOURS,
  type DigestPart,
  type DigestSettings,
  digestPreviewQuery,
  PARTS,
  useSaveDigest,
} from "./notices";
import { TickList } from "./tick-list";

const OPTIONS = PARTS.map(({ value, label }) => [value, label] as const);

export function DigestForm({ settings }: { settings: DigestSettings }) {
  const save = useSaveDigest();
  const [isShown, setShown] = useState(false);
  const form = useForm(
    {
      hour: settings.hour == null ? "" : String(settings.hour),
      zone: settings.zone ?? settings.workspace_zone,
      parts: settings.parts,
    },
    async (v) => {
      const zone = v.zone === settings.workspace_zone ? null : v.zone;
      await save.mutateAsync({
        hour: v.hour === "" ? null : Number(v.hour),
        zone,
        parts: v.parts,
        rev: settings.rev,
      });
      toast("Digest saved");
    },
    (v): Record<string, string> => (v.parts.length ? {} : { parts: "Choose at least one." }),
  );
  return (
    <section aria-label="Digest by e-mail">
      <Heading>Digest by e-mail</Heading>
      <p className="mt-1 text-ink-2">
        One mail a day that lists what waits for you, with links into the app. No mail comes when nothing waits.
      </p>
      {settings.mails_go_out ? null : (
        <p role="status" className="mt-2 rounded-control bg-warm-soft px-3 py-2 text-warm-ink">
          This installation sends no mails of its own yet, so no digest goes out. Its operator sets the address that
          mails come from with SystemSender, as docs/OPERATIONS.md tells.
        </p>
      )}
      <form onSubmit={form.submit} noValidate className="mt-3 space-y-3">
        <FormProblem problem={form.problem} fields={["hour", "zone", "parts"]} />
        <div className="grid max-w-130 gap-3 sm:grid-cols-2">
          <Field label="Send it" error={form.errors.hour}>
            <Select
              value={form.values.hour}
              options={DIGEST_HOURS}
              onValue={(hour) => form.set("hour", hour)}
              className="w-full"
            />
          </Field>
          <Field label="Your time zone" error={form.errors.zone}>
            <ZoneInput value={form.values.zone} onChange={(e) => form.set("zone", e.target.value)} />
          </Field>
        </div>
        <TickList<DigestPart>
          legend="It lists"
          options={OPTIONS}
          chosen={form.values.parts}
          change={(parts) => form.set("parts", parts)}
          error={form.errors.parts}
        />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" kind="primary" busy={form.busy} disabled={!form.dirty}>
            Save digest
          </Button>
          <Button aria-expanded={isShown} onClick={() => setShown(!isShown)}>
            {isShown ? "Hide today's digest" : "Show today's digest"}
          </Button>
        </div>
      </form>
      {isShown ? <Preview /> : null}
    </section>
  );
}

function Preview() {
  const query = useQuery(digestPreviewQuery);
  return (
    <section aria-label="Today's digest" className="mt-3 rounded-panel border bg-canvas px-4 py-3">
      <Loaded query={query} what="Today's digest">
        {(digest) =>
          digest.parts.length ? (
            <>
              <h3 className="font-semibold">{digest.subject}</h3>
              {digest.parts.map((part) => (
                <div key={part.part} className="pt-3">
                  <h4 className="text-ink-2">{PARTS.find(({ value }) => value === part.part)?.counted(part.count)}</h4>
                  <ul>
                    {part.lines.map((line) => (
                      <li key={`${line.lead_id} ${line.text}`}>
                        <Line part={part.part} lead={line.lead_id} text={line.text} />
                      </li>
                    ))}
                  </ul>
                  {part.count > part.lines.length ? <p>and {part.count - part.lines.length} more</p> : null}
                </div>
              ))}
            </>
          ) : (
            <p>Nothing waits for you now, so no digest would go out.</p>
          )
        }
      </Loaded>
    </section>
  );
}

function Line({ part, lead, text }: { part: DigestPart; lead: string; text: string }) {
  const look = "inline-flex min-h-6 items-center text-accent-ink hover:underline";
  return part === "replies" ? (
    <Link to="/inbox" search={{ lead }} className={look}>
      {text}
    </Link>
  ) : (
    <Link to="/leads/$id" params={{ id: lead }} className={look}>
      {text}
    </Link>
  );
}
