// The messages that a real lead would get, and when, if they never reply.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { serverNow } from "@/api/clock";
import { findPeople, type PersonHit } from "@/app/commands/people";
import { TimelineIcon } from "@/app/timeline/icon";
import { SmsBill } from "@/shared/editor/sms-size";
import { Input } from "@/shared/forms/field";
import { when } from "@/shared/lib/format";
import { useDelayed } from "@/shared/lib/hooks";
import { HOLD_WORDS, passedWords, SKIP_WORDS, wordOf } from "@/shared/lib/labels";
import { STEP_WORDS, stepIcon } from "@/shared/lib/step-kinds";
import { zoneWords } from "@/shared/lib/zone-words";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { Segmented } from "@/shared/ui/tabs";
import { Station, Timeline } from "@/shared/ui/timeline";
import type { SequenceView, Step } from "./model";
import { type PreviewStep, previewQuery } from "./queries";
import { letter, variantsOf } from "./variants";

function detail(s: PreviewStep): ReactNode {
  if (s.skipped) return `Skipped: ${wordOf(SKIP_WORDS, s.skipped)}`;
  if (s.passed) return passedWords(s.kind, s.passed);
  if (s.held) return `Won't be sent: ${HOLD_WORDS[s.held]}`;
  if (s.error) return `Won't be sent: ${s.error}`;
  return s.sms ? <SmsBill {...s.sms} /> : undefined;
}

export function PreviewPanel({ saved, dirty }: { saved?: SequenceView; dirty: boolean }) {
  const { id, version = 0, rev = 0, steps = [] } = saved ?? {};
  const [lead, setLead] = useState<PersonHit>();
  const [text, setText] = useState("");
  const asked = useDelayed(text.trim(), 150);
  const first = useQuery({ ...findPeople(asked), enabled: !lead || asked.length > 0 });
  const chosen = lead ?? first.data?.[0];
  /** Variants that the user chose to see in place of the lead's own, by step. */
  const [asking, setAsking] = useState<{ lead?: string; shown: Record<string, string> }>({ shown: {} });
  const shown = asking.lead === chosen?.id ? asking.shown : {};
  const preview = useQuery({
    ...previewQuery(id ?? "", rev, chosen?.id ?? "", Object.values(shown)),
    enabled: !!id && !!chosen,
    placeholderData: keepPreviousData,
  });
  return (
    <section aria-label="Preview" className="p-6 max-lg:p-4">
      <Heading note="if they never reply">{chosen ? `Preview for ${chosen.name}` : "Preview"}</Heading>
      <div className="relative mb-3">
        <Input
          aria-label="Preview for another lead"
          placeholder="Another lead: type a name"
          value={text}
          onChange={(e) => {
            setText(e.target.value);
            setLead(undefined);
          }}
        />
        {text && !lead && first.data?.length ? (
          <ul className="mt-1 divide-y rounded-panel border">
            {first.data.map((p) => (
              <li key={p.id}>
                <Button
                  kind="row"
                  onClick={() => {
                    setLead(p);
                    setText("");
                  }}
                  className="min-h-8 gap-2 px-3 max-sm:min-h-11"
                >
                  <span className="font-medium">{p.name}</span>
                  <span className="truncate text-ink-2">{p.company}</span>
                </Button>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      {!id ? (
        <p className="text-ink-2">Save the sequence to preview it for a lead.</p>
      ) : !chosen ? (
        <p className="text-ink-2">
          {first.isFetching ? "Searching…" : asked ? `No results for “${asked}”.` : "No leads to preview yet."}
        </p>
      ) : (
        <>
          {dirty ? (
            <p className="mb-3 rounded-control bg-warm-soft px-3 py-2 text-warm-ink">
              Shows saved version {version}, without your unsaved changes.
            </p>
          ) : null}
          <Loaded query={preview} what="The preview">
            {(p) => (
              <>
                <p className="mb-3 text-meta text-ink-2">
                  Times in {zoneWords(p.zone, p.zone_source)}.
                  {p.steps.some((s) => s.variant) ? " Each campaign draws the variant for each lead." : ""}
                </p>
                <Timeline label="Preview">
                  {p.steps.map((s, i) => (
                    <Station
                      key={s.step}
                      time={s.at ? when(s.at, serverNow(), p.zone) : undefined}
                      tone={s.skipped ? "off" : s.error || s.held ? "held" : "planned"}
                      icon={<TimelineIcon name={stepIcon(s.kind)} />}
                      title={STEP_WORDS[s.kind]}
                      note={s.subject ?? undefined}
                      detail={detail(s)}
                      aside={
                        <VariantChoice
                          step={steps[s.step]}
                          n={s.step + 1}
                          shown={s.variant}
                          onShow={(variant) =>
                            setAsking({ lead: chosen.id, shown: { ...shown, [steps[s.step]?.id ?? ""]: variant } })
                          }
                        />
                      }
                      quote={s.skipped ? undefined : s.text}
                      last={i === p.steps.length - 1}
                    />
                  ))}
                </Timeline>
              </>
            )}
          </Loaded>
        </>
      )}
    </section>
  );
}

/** The variant that the lead would get is shown until the user chooses another. */
function VariantChoice({
  step,
  n,
  shown,
  onShow,
}: {
  step?: Step;
  n: number;
  shown?: string | null;
  onShow: (variant: string) => void;
}) {
  if (!step || !shown) return null;
  return (
    <Segmented
      label={`Variant shown for step ${n}`}
      value={shown}
      onChange={onShow}
      items={variantsOf(step).map((variant, i) => ({ id: variant.id ?? "", label: letter(i) }))}
    />
  );
}
