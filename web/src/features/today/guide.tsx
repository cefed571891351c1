// The guide from an empty workspace to the first e-mail: five steps, each with its state. It stays until a mail was
// sent.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import { asProblem } from "@/api/errors";
import { SLOW_MS } from "@/api/query";
import { useMay } from "@/app/auth/use-may";
import { firstMessageWords, launchCheckQuery } from "@/app/launch/first-message";
import { MarkShape } from "@/app/parts/stepper";
import { useStanding, waitOf } from "@/app/pause/waits";
import { Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { plural } from "@/shared/lib/format";
import { Button, buttonStyle } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { LoadingRows } from "@/shared/ui/states";
import { type Progress, sandboxQuery, useGuideMoves, useProgress } from "./guide-queries";

export function Guide({ leads }: { leads: number }) {
  const progress = useProgress(leads);
  return (
    <section aria-label="To your first e-mail" className="px-6 pt-4 max-lg:px-4">
      <Heading note={progress ? `${done(progress)} of 5 done` : undefined}>To your first e-mail</Heading>
      <div className="min-h-65 border-t">
        {progress ? <Steps progress={progress} /> : <LoadingRows rows={5} label="Loading the guide" />}
      </div>
    </section>
  );
}

const states = (p: Progress) => [!!p.address, !!p.mailbox, p.leads > 0, !!p.sequence, p.launched];
const done = (p: Progress) => states(p).filter(Boolean).length;

function Steps({ progress: p }: { progress: Progress }) {
  const admin = useMay("admin");
  const rep = useMay("rep");
  const launched = p.launched ? p.campaign?.id : undefined;
  const standing = useStanding();
  const check = useQuery({
    ...launchCheckQuery(launched ?? ""),
    enabled: !!launched,
    refetchInterval: SLOW_MS * 2,
  }).data;
  const first = check && !check.faults.length ? firstMessageWords(check.first, waitOf(standing)) : undefined;
  const ready = states(p);
  const next = ready.indexOf(false);
  const row = (at: number) => ({ done: !!ready[at], next: at === next });
  return (
    <ol>
      <Step
        {...row(0)}
        label="Company"
        to="/settings/company"
        note={p.address || "every cold e-mail needs your postal address by law"}
      >
        {admin && !p.address ? <Address /> : null}
      </Step>
      <Step
        {...row(1)}
        label="Mailbox"
        to={p.failing ? `/settings/mailboxes/${p.failing.id}` : "/settings/mailboxes"}
        note={p.mailbox?.name ?? (p.failing ? failingNote(p.failing) : "where your e-mails are sent from")}
      >
        {admin && !p.mailbox && !p.failing ? <SandboxMailbox /> : null}
      </Step>
      <Step
        {...row(2)}
        label="Leads"
        to="/import"
        note={p.leads ? plural(p.leads, "lead") : "imported or added by hand"}
      />
      <Step {...row(3)} label="Sequence" to="/sequences" note={p.sequence?.name ?? "what they get, and when"} />
      <Step
        {...row(4)}
        label="Launch"
        to={p.campaign ? `/campaigns/${p.campaign.id}` : "/campaigns"}
        note={launchNote(p, first)}
      >
        {rep && !p.campaign ? <Prepare progress={p} /> : null}
        {p.campaign && !p.launched ? (
          <Link
            to="/campaigns/$id"
            params={{ id: p.campaign.id }}
            className={buttonStyle({ kind: "primary", size: "sm" })}
          >
            Open your first campaign
          </Link>
        ) : null}
      </Step>
    </ol>
  );
}

const failingNote = (c: NonNullable<Progress["failing"]>) =>
  `${c.name} is failing: ${c.last_error?.detail ?? "the provider refuses it"}`;

function launchNote(p: Progress, first: string | undefined) {
  if (p.launched) return `${p.campaign?.name} is launched${first ? `. ${first}` : ""}`;
  return p.campaign
    ? `${p.campaign.name} is a draft; nothing is sent until you launch it`
    : "nothing is sent until then";
}

function Step(s: { label: string; to: string; note: string; done: boolean; next: boolean; children?: ReactNode }) {
  return (
    <li className="flex min-h-row-person flex-wrap items-center gap-x-3 gap-y-1 border-b py-2">
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" className="shrink-0">
        <MarkShape mark={s.done ? "done" : s.next ? "next" : "planned"} x={8} y={8} />
      </svg>
      <Link
        to={s.to}
        aria-label={`${s.label}, ${s.done ? "done" : "to do"}`}
        className="w-24 font-medium hover:underline"
      >
        {s.label}
      </Link>
      <span className="min-w-0 flex-1 basis-55 text-ink-2 [overflow-wrap:anywhere]">{s.note}</span>
      {s.children}
    </li>
  );
}

function Address() {
  const { address } = useGuideMoves();
  const [text, setText] = useState("");
  const id = useId();
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(e) => {
        e.preventDefault();
        if (text.trim()) address.mutate(text.trim());
      }}
    >
      {address.error ? <FormProblem problem={asProblem(address.error)} /> : null}
      <label htmlFor={id} className="sr-only">
        Postal address
      </label>
      <Input
        id={id}
        value={text}
        placeholder="Postal address"
        maxLength={300}
        onChange={(e) => setText(e.target.value)}
      />
      <Button type="submit" size="sm" busy={address.isPending} disabled={!text.trim()}>
        Save
      </Button>
    </form>
  );
}

function SandboxMailbox() {
  const offered = useQuery(sandboxQuery).data ?? [];
  const { connect } = useGuideMoves();
  if (!offered.length) return null;
  return (
    <>
      {connect.error ? <FormProblem problem={asProblem(connect.error)} /> : null}
      <Button size="sm" busy={connect.isPending} onClick={() => connect.mutate(offered)}>
        Connect the sandbox mailbox
      </Button>
    </>
  );
}

function Prepare({ progress: p }: { progress: Progress }) {
  const { prepare } = useGuideMoves();
  const navigate = useNavigate();
  const { sequence, mailbox } = p;
  const missing = mailbox
    ? p.leads
      ? sequence
        ? undefined
        : "a sequence"
      : "leads"
    : p.failing
      ? "a working mailbox"
      : "a mailbox";
  return (
    <>
      {prepare.error ? <FormProblem problem={asProblem(prepare.error)} /> : null}
      {missing ? <span className="text-meta text-ink-2">Needs {missing} first.</span> : null}
      <Button
        size="sm"
        kind="primary"
        busy={prepare.isPending}
        disabled={!!missing}
        onClick={() =>
          sequence &&
          mailbox &&
          prepare.mutate(
            { sequence: sequence.id, mailbox: mailbox.id },
            { onSuccess: (made) => void navigate({ to: "/campaigns/$id", params: { id: made.id } }) },
          )
        }
      >
        {p.leads ? `Create your first campaign for ${plural(p.leads, "lead")}` : "Create your first campaign"}
      </Button>
    </>
  );
}
