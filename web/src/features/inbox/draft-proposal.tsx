// The draft of an answer that a model wrote when the lead's message came: changed, approved and sent by a user, refused, or
// written anew. It stands in the place of the composer as long as it waits.
import { Check, Pencil, RefreshCw, X } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { asProblem } from "@/api/errors";
import { useCommands } from "@/app/commands/registry";
import { useHandedOverToast } from "@/app/timeline/cancel-message";
import { draftKeyOf } from "@/app/writing/kept-draft";
import { restoreDraft, useDraft } from "@/shared/editor/drafts";
import { type ChannelSenders, FromField, mustChoose } from "@/shared/editor/from-field";
import { leaveField } from "@/shared/editor/leave-field";
import { FormProblem } from "@/shared/forms/form-problem";
import { when } from "@/shared/lib/format";
import { useIsShown } from "@/shared/lib/hooks";
import { CHANNEL_WORDS } from "@/shared/lib/labels";
import { writtenWith } from "@/shared/lib/written-with";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type AnswerDraftView, type ThreadView, useDraftMoves } from "./queries";

interface ProposalProps {
  thread: ThreadView;
  draft: AnswerDraftView;
  /** The address that an answer by e-mail goes to. */
  to?: string;
  /** The accounts that the answer may leave from. */
  senders?: ChannelSenders;
  quoted?: ReactNode;
  /** The user writes an answer of their own in the composer. */
  onOwn: () => void;
  /** The draft was approved, or called back. */
  onAnswered: (isAnswered: boolean) => void;
  /** Goes on to the next conversation; none if this is the only one. */
  onNext?: () => void;
}

export function DraftProposal({ thread, draft, to, senders, quoted, onOwn, onAnswered, onNext }: ProposalProps) {
  const [account, setAccount] = useState<string>();
  const unchosen = mustChoose(senders, account);
  const { lead, conversation, messages, campaign } = thread;
  const { approve, refuse, restore, again } = useDraftMoves();
  const sayHandedOver = useHandedOverToast();
  const box = useId();
  const changed = useDraft(
    `answer-${draft.message_id}-${draft.made_at}`,
    { text: draft.text },
    ({ text }) => text === draft.text,
  );
  const { text } = changed.value;
  const [error, setError] = useState<unknown>();
  const isShown = useIsShown();
  const busy = approve.isPending || refuse.isPending || again.isPending;
  const mail = conversation.channel === "email";
  const answered = messages.find((m) => m.id === draft.message_id);
  const edit = () => document.getElementById(box)?.focus();
  const leave = () => leaveField(document.getElementById(box));
  const send = async (next?: () => void) => {
    if (busy || unchosen || !text.trim()) return;
    setError(undefined);
    leave();
    try {
      const sent = await approve.mutateAsync({ draft, text, to: mail ? to : undefined, account });
      await changed.clear();
      const written = { channel: conversation.channel, subject: "", text };
      onAnswered(true);
      sayHandedOver(sent, false, "Answer", () => {
        onAnswered(false);
        return restoreDraft(draftKeyOf(lead.id), written);
      });
      next?.();
    } catch (problem) {
      setError(problem);
      if (!isShown.current) toastProblem(`The answer to ${lead.name} was not sent`, problem);
    }
  };
  const drop = async () => {
    if (busy) return;
    try {
      await refuse.mutateAsync(draft);
      toast("Draft refused", { undo: () => restore.mutateAsync(draft) });
    } catch (problem) {
      toastProblem("Could not refuse the draft", problem);
    }
  };
  const anew = async () => {
    if (busy) return;
    try {
      await again.mutateAsync(draft);
      toast("Drafted again: read it before you send it");
    } catch (problem) {
      toastProblem("No other draft was written", problem);
    }
  };
  useCommands([
    {
      id: "draft-approve",
      title: `Approve and send the draft to ${lead.name}`,
      group: "This page",
      icon: Check,
      run: () => void send(),
    },
    {
      id: "draft-refuse",
      title: `Refuse the draft to ${lead.name}`,
      group: "This page",
      keys: "x",
      icon: X,
      run: () => void drop(),
    },
    {
      id: "draft-again",
      title: "Write the draft again",
      group: "This page",
      keys: "w",
      icon: RefreshCw,
      run: () => void anew(),
    },
  ]);
  return (
    <section
      aria-label="Draft of an answer"
      className="rounded-panel border border-edge bg-raised focus-within:border-accent focus-within:ring-2 focus-within:ring-accent-soft"
    >
      <div className="border-b px-3.5 py-2">
        <p className="font-medium">Drafted by a model, not sent</p>
        <p className="text-meta text-ink-2 [overflow-wrap:anywhere]">
          {answered ? `Answers the message of ${when(answered.created_at)}. ` : ""}
          Based on this conversation, {lead.name}'s name, company and position, and your company's offer in Settings
          {campaign?.sets_tone ? ", in the tone that the campaign sets under Writing" : ""}. Nothing is sent until you
          approve it.
        </p>
        {draft.written_with ? (
          <p className="text-meta text-ink-2 [overflow-wrap:anywhere]">
            {writtenWith(draft.written_with, draft.made_at)}.
          </p>
        ) : null}
        <p className="mt-1 truncate text-ink-2">
          {mail ? "Reply in thread" : CHANNEL_WORDS[conversation.channel]} to{" "}
          <span className="font-medium text-ink">
            {mail ? to : ((conversation.channel === "whatsapp" ? lead.whatsapp : lead.phone) ?? "")}
          </span>
        </p>
      </div>
      {senders ? <FromField senders={senders} chosen={account} onChoose={setAccount} /> : null}
      <textarea
        id={box}
        data-first=""
        aria-label="Draft"
        rows={mail ? 7 : 4}
        value={text}
        onChange={(e) => changed.change({ text: e.target.value })}
        // Only from here: a command with this key would also send from another field.
        onKeyDown={(e) => {
          const submits = e.key === "Enter" && (e.metaKey || e.ctrlKey);
          if (!submits && (e.key !== "Escape" || e.nativeEvent.isComposing)) return;
          e.preventDefault();
          if (submits) void send(e.shiftKey ? onNext : undefined);
          else leave();
        }}
        className="block w-full resize-y bg-transparent px-3.5 py-2.5 text-msg outline-none"
      />
      {mail ? quoted : null}
      {error ? (
        <div className="px-3.5 pb-2">
          <FormProblem problem={asProblem(error)} />
        </div>
      ) : null}
      <div className="flex flex-wrap items-center gap-2 border-t px-2 py-1.5">
        <Button
          kind="primary"
          busy={approve.isPending}
          disabled={busy || unchosen || !text.trim()}
          onClick={() => void send()}
        >
          Approve and send
        </Button>
        {onNext ? (
          <Button disabled={busy || unchosen || !text.trim()} onClick={() => void send(onNext)}>
            Approve and next
          </Button>
        ) : null}
        <Button icon={<Pencil size={15} />} hint="R" onClick={edit}>
          Edit
        </Button>
        <Button icon={<X size={15} />} hint="X" busy={refuse.isPending} disabled={busy} onClick={() => void drop()}>
          Refuse
        </Button>
        <Button
          icon={<RefreshCw size={15} />}
          hint="W"
          busy={again.isPending}
          disabled={busy}
          onClick={() => void anew()}
        >
          Write again
        </Button>
        <Button kind="quiet" onClick={onOwn}>
          Write my own
        </Button>
      </div>
    </section>
  );
}

/** Says why the latest message has no draft any more, or never had one. */
export function DraftNote({ draft, latest }: { draft: AnswerDraftView; latest?: string }) {
  if (!draft.told) return null;
  const outdated = draft.state === "outdated" && draft.reason !== "answered" && draft.reason !== "done";
  const missing = draft.state === "not_made" && draft.message_id === latest;
  if (!outdated && !missing) return null;
  return (
    <p className="mb-2 text-meta text-ink-2">
      {outdated ? "The draft of an answer is outdated. " : "No answer was drafted. "}
      {draft.told}
    </p>
  );
}
