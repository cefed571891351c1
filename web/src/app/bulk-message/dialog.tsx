// The bulk message dialog: written, previewed for the first leads with the list of left-out leads, then sent.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { asProblem } from "@/api/errors";
import type { Whom } from "@/app/enrol/queries";
import { Quote } from "@/app/parts/quote";
import { useStanding, waitOf } from "@/app/pause/waits";
import { ownKey, restoreDraft, useDraft } from "@/shared/editor/drafts";
import { MERGE_FIELDS } from "@/shared/editor/merge-fields";
import { MergeText } from "@/shared/editor/merge-text";
import { SendLater } from "@/shared/editor/send-later";
import { SmsSize } from "@/shared/editor/sms-size";
import { Field } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { capital, clock, count as number, plural, when } from "@/shared/lib/format";
import { LEFT_OUT_WORDS, SKIP_WORDS, wordOf } from "@/shared/lib/labels";
import { channelOf } from "@/shared/lib/senders";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { Segmented } from "@/shared/ui/tabs";
import { toast, toastProblem } from "@/shared/ui/toast";
import {
  type BulkMessage,
  type BulkMessageCheck,
  sendersQuery,
  useCancelBulkMessage,
  useCheckBulkMessage,
  useStartBulkMessage,
  type Words,
} from "./queries";

const isEmpty = (w: Words) => !w.body.trim() && !w.subject.trim();

export const leftOutWords = (reason: string) => capital(wordOf({ ...SKIP_WORDS, ...LEFT_OUT_WORDS }, reason));

/** "2 messages go out tomorrow 09:00; the queue tells how far they are". `wait`: why they do not go out then. */
export function startedWords({ people, send_at }: Pick<BulkMessage, "people" | "send_at">, wait?: string): string {
  const what = plural(people, "message");
  if (wait) return `${what} ${people === 1 ? "waits" : "wait"}: ${wait}; follow the progress in the queue`;
  const then = send_at ? `${what} ${people === 1 ? "goes" : "go"} out ${when(send_at)}` : `${what} queued`;
  return `${then}; follow the progress in the queue`;
}

/** All leads were checked, and all are left out. */
export const reachesNobody = (c: BulkMessageCheck) => c.reached === 0 && c.looked_at >= c.people;

export function BulkMessageDialog({
  whom,
  count,
  onClose,
  onDone,
}: {
  whom: Whom;
  count: number;
  onClose: () => void;
  onDone?: () => void;
}) {
  const [once] = useState(() => crypto.randomUUID());
  const [draftKey] = useState(() => ownKey("bulk-message"));
  const draft = useDraft<Words>(draftKey, { channel: "email", subject: "", body: "" }, isEmpty);
  const [looked, setLooked] = useState<BulkMessageCheck>();
  const accounts = useQuery(sendersQuery);
  const check = useCheckBulkMessage();
  const start = useStartBulkMessage(once);
  const cancel = useCancelBulkMessage();
  const standing = useStanding();
  const fitting = (accounts.data?.items ?? []).filter((a) => a.enabled && channelOf(a.kind) === draft.value.channel);
  // The account of a restored draft may no longer exist.
  const gone = !!accounts.data && !fitting.some((a) => a.id === draft.value.account);
  const words: Words = gone ? { ...draft.value, account: undefined } : draft.value;
  const change = (changes: Partial<Words>) => {
    draft.change({ ...words, ...changes });
    setLooked(undefined);
  };
  const people = plural(count, "lead");
  const unchosen = fitting.length > 1 && !words.account;
  const missing = unchosen || !words.body.trim() || (words.channel === "email" && !words.subject.trim());
  const look = () => check.mutate({ whom, words }, { onSuccess: setLooked });
  const send = (at?: string) =>
    start.mutate(
      { whom, words, at },
      {
        onSuccess: (started) => {
          const undo = () =>
            cancel.mutateAsync(started.id).then(
              () => restoreDraft(draftKey, words),
              (error) => toastProblem("Could not cancel the messages", error),
            );
          void draft.clear();
          toast(startedWords(started, waitOf(standing, started.account_id, started.send_at)), { undo, ms: 9_000 });
          onDone?.();
          onClose();
        },
      },
    );
  const problem = start.error ?? check.error;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`Message ${people}`}
      description="One message to each, outside any sequence, within the limits of the account and the workspace."
      footer={
        <>
          {looked ? (
            <>
              <Button kind="primary" busy={start.isPending} disabled={reachesNobody(looked)} onClick={() => send()}>
                Send to {looked.looked_at < looked.people ? `up to ${number(looked.people)}` : number(looked.reached)}
              </Button>
              <SendLater disabled={reachesNobody(looked) || start.isPending} onChoose={send} />
            </>
          ) : (
            <Button kind="primary" busy={check.isPending} disabled={missing || count === 0} onClick={look}>
              Check {people}
            </Button>
          )}
          {looked ? <Button onClick={() => setLooked(undefined)}>Edit message</Button> : null}
          <Button kind="quiet" onClick={onClose}>
            Close
          </Button>
          {isEmpty(words) ? null : (
            <>
              <span className="ml-auto text-meta text-ink-3">
                {draft.savedAt ? `Saved ${clock(draft.savedAt)}` : ""}
              </span>
              <Button
                kind="quiet"
                onClick={() => {
                  setLooked(undefined);
                  void draft.clear();
                }}
              >
                Discard
              </Button>
            </>
          )}
        </>
      }
    >
      {problem ? <FormProblem problem={asProblem(problem)} /> : null}
      {looked ? (
        <Found check={looked} />
      ) : (
        <div className="space-y-3">
          <div className="flex flex-wrap items-center gap-3">
            <Segmented
              label="Channel"
              value={words.channel}
              onChange={(channel) => change({ channel, account: undefined })}
              items={[
                { id: "email", label: "E-mail" },
                { id: "sms", label: "SMS" },
              ]}
            />
            <Field
              label="From"
              help="Leads who wrote to one of your accounts, or had a message from it, get this one from there; the others from the one chosen here."
              className="min-w-55 flex-1"
            >
              <Select
                value={words.account ?? (fitting.length === 1 ? (fitting[0]?.id ?? "") : "")}
                placeholder={fitting.length ? "Choose" : "No account available"}
                options={fitting.map((a) => ({ value: a.id, label: a.pause ? `${a.name} (paused)` : a.name }))}
                onValue={(account) => change({ account })}
                className="w-full"
              />
            </Field>
          </div>
          <MergeText
            aria-label="Message text"
            value={words.body}
            onValue={(body) => change({ body })}
            fields={MERGE_FIELDS}
            rows={words.channel === "sms" ? 4 : 9}
            placeholder="Write the text"
            head={
              words.channel === "email" ? (
                <input
                  aria-label="Subject"
                  placeholder="Subject"
                  value={words.subject}
                  onChange={(e) => change({ subject: e.target.value })}
                  className="h-9 w-full border-b bg-transparent px-3.5 text-msg font-medium outline-none max-sm:h-11"
                />
              ) : undefined
            }
            foot={
              words.channel === "sms" ? (
                <span className="ml-auto">
                  <SmsSize text={words.body} />
                </span>
              ) : undefined
            }
          />
        </div>
      )}
    </Dialog>
  );
}

const WAITS_WORDS: Record<string, string> = {
  too_soon: "too soon after their last message",
  domain_full: "today's limit for their mail domain is reached",
  workspace_full: "today's limit of the workspace is reached",
};

/** "3 leads wait before it goes out to them: 2 too soon after their last message, 1 …"; nothing if none waits. */
export function waitsWords(waits: Record<string, number>): string | undefined {
  const all = Object.entries(waits);
  const people = all.reduce((sum, [, n]) => sum + n, 0);
  if (!people) return undefined;
  const each = all.map(([reason, n]) => `${number(n)} ${wordOf(WAITS_WORDS, reason)}`);
  return `${plural(people, "lead has", "leads have")} to wait: ${each.join(", ")}.`;
}

function Found({ check: c }: { check: BulkMessageCheck }) {
  const out = Object.entries(c.left_out);
  const waits = waitsWords(c.waits);
  const part = c.looked_at < c.people;
  return (
    <div className="space-y-3">
      <p>
        <span className="font-semibold">{plural(c.reached, "lead gets", "leads get")} it</span>
        {part ? ` of the first ${number(c.looked_at)} checked, out of ${number(c.people)}` : ""}.
      </p>
      {waits ? <p className="text-ink-2">{waits}</p> : null}
      {out.length ? (
        <ul aria-label="Left out" className="divide-y rounded-panel border">
          {out.map(([reason, n]) => (
            <li key={reason} className="px-3 py-2">
              <span className="font-medium">
                {leftOutWords(reason)}: {number(n)}
              </span>
              <span className="block text-meta text-ink-2">
                {c.examples
                  .filter((one) => one.reason === reason)
                  .slice(0, 5)
                  .map((one, i) => (
                    <span key={one.lead_id}>
                      {i ? ", " : ""}
                      <Link to="/leads/$id" params={{ id: one.lead_id }} className="underline underline-offset-2">
                        {one.name}
                      </Link>
                      {one.detail ? ` (${one.detail})` : ""}
                    </span>
                  ))}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {c.previews.map((p) => (
        <section key={p.lead_id} aria-label={`Preview for ${p.name}`}>
          <h3 className="mb-1 text-meta text-ink-2">
            {p.name}, {p.to}
            {p.from ? `, from ${p.from}` : ""}
          </h3>
          {p.subject ? <p className="font-medium break-words">{p.subject}</p> : null}
          <Quote text={p.text} />
        </section>
      ))}
    </div>
  );
}
