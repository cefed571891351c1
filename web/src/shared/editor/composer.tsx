// The composer: subject, text, account; sent with Ctrl or Cmd and Enter, with Shift as well where another message follows. Esc
// leaves it.
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { asProblem } from "@/api/errors";
import type { Channel } from "@/api/types";
import { FormProblem } from "@/shared/forms/form-problem";
import { clock } from "@/shared/lib/format";
import { useIsShown } from "@/shared/lib/hooks";
import { CHANNEL_WORDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { ChannelIcon } from "@/shared/ui/channel-icon";
import { Segmented } from "@/shared/ui/tabs";
import { toastProblem } from "@/shared/ui/toast";
import { type KeptDraft, useDraft } from "./drafts";
import { accountOf, type ChannelSenders, FromField, mustChoose, sendersOn } from "./from-field";
import { leaveField } from "./leave-field";
import { SendLater } from "./send-later";
import { hasFields, segments } from "./sms";
import { SmsSize } from "./sms-size";

export interface Written {
  channel: Channel;
  subject: string;
  text: string;
  /** The account that the user has chosen; without it the message leaves from the one that the lead knows. */
  account?: string;
}

const MAC = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

export function Composer({
  draftKey,
  channels,
  first,
  withSubject,
  to,
  note,
  quoted,
  onSend,
  onNext,
  onLeave,
  autoFocus,
  kept,
  help,
  senders,
}: {
  draftKey: string;
  /** The key under which another device finds the draft. */
  kept?: KeptDraft<Written>;
  channels: readonly Channel[];
  first?: Channel;
  withSubject: boolean;
  to: Partial<Record<Channel, string | null>>;
  note?: ReactNode;
  /** What a reply by e-mail in this thread quotes, as it will stand below the text. */
  quoted?: ReactNode;
  /** `at`: the planned time, if not now. */
  onSend: (written: Written, at?: string) => Promise<unknown>;
  /** Goes on to what is to be answered next; offered as "Send and next". */
  onNext?: () => void;
  /** Esc closes the composer, instead of only leaving it; the text is kept as a draft. */
  onLeave?: () => void;
  autoFocus?: boolean;
  /** Help with the text, shown beside the buttons. */
  help?: (written: Written, onChange: (next: Written) => void) => ReactNode;
  /** The accounts that a message may leave from, by channel. */
  senders?: readonly ChannelSenders[];
}) {
  const initial: Written = {
    channel: first && channels.includes(first) ? first : (channels[0] ?? "email"),
    subject: "",
    text: "",
  };
  const draft = useDraft<Written>(draftKey, initial, (v) => !v.text.trim() && !v.subject.trim(), kept);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  // A draft begun elsewhere may use a channel that is closed here, or have a subject that this thread has no place for.
  const v: Written = {
    ...draft.value,
    channel: channels.includes(draft.value.channel) ? draft.value.channel : initial.channel,
  };
  const sms = v.channel === "sms";
  const mail = v.channel === "email";
  const asksSubject = withSubject && mail;
  const from = sendersOn(senders, v.channel);
  const unsent = asksSubject && !v.subject.trim() ? "subject" : v.text.trim() ? undefined : "text";
  const missing = unsent ?? (mustChoose(from, v.account) ? "from" : undefined);
  const subject = useRef<HTMLInputElement>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  const isShown = useIsShown();
  const send = async (at?: string, next?: () => void) => {
    if (unsent) (unsent === "subject" ? subject : text).current?.focus();
    if (busy || missing) return;
    setBusy(true);
    setError(undefined);
    // The next key is a command: it must not become a new message to the same lead.
    leaveField(text.current);
    const left = document.activeElement;
    try {
      // A choice stays while the accounts are not known; one that was removed since is none.
      const account = from && accountOf(from, v.account) !== v.account ? undefined : v.account;
      await onSend(withSubject ? { ...v, account } : { ...v, account, subject: "" }, at);
      await draft.clear();
      next?.();
    } catch (e) {
      setError(e);
      if (!isShown.current) toastProblem(`The message to ${to[v.channel] ?? "the lead"} was not sent`, e);
      else if (document.activeElement === left) text.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  const onKey = (e: KeyboardEvent) => {
    if (e.key === "Escape" && !e.nativeEvent.isComposing) {
      e.preventDefault();
      if (onLeave) onLeave();
      else leaveField(text.current);
    }
    if (e.key === "Enter" && (e.metaKey || e.ctrlKey)) {
      e.preventDefault();
      void send(undefined, e.shiftKey ? onNext : undefined);
    }
  };
  const parts = segments(v.text).count;
  return (
    <div className="rounded-panel border border-edge bg-raised focus-within:border-accent focus-within:ring-2 focus-within:ring-accent-soft">
      <div className="flex flex-wrap items-center gap-2 border-b px-3.5 py-2">
        {channels.length > 1 ? (
          <Segmented
            label="Channel"
            value={v.channel}
            onChange={(channel) => draft.change({ ...v, channel, account: undefined })}
            items={channels.map((c) => ({
              id: c,
              label: (
                <>
                  <ChannelIcon channel={c} silent /> {CHANNEL_WORDS[c]}
                </>
              ),
            }))}
          />
        ) : null}
        <span className="min-w-0 truncate text-ink-2">
          {mail && !withSubject ? "Reply in thread" : CHANNEL_WORDS[v.channel]} to{" "}
          <span className="font-medium text-ink">{to[v.channel] ?? ""}</span>
        </span>
      </div>
      {from ? (
        <FromField senders={from} chosen={v.account} onChoose={(account) => draft.change({ ...v, account })} />
      ) : null}
      {asksSubject ? (
        <input
          ref={subject}
          data-first=""
          // biome-ignore lint/a11y/noAutofocus: whoever opens the composer writes
          autoFocus={autoFocus}
          aria-label="Subject"
          placeholder="Subject"
          value={v.subject}
          onChange={(e) => draft.change({ ...v, subject: e.target.value })}
          onKeyDown={onKey}
          className="h-9 w-full border-b bg-transparent px-3.5 text-msg font-medium outline-none max-sm:h-11"
        />
      ) : null}
      <textarea
        ref={text}
        data-first={asksSubject ? undefined : ""}
        aria-label={sms ? "SMS text" : "Message"}
        placeholder={sms ? "Write an SMS" : "Write a message"}
        rows={mail ? 6 : 3}
        // biome-ignore lint/a11y/noAutofocus: whoever opens the composer writes
        autoFocus={autoFocus && !asksSubject}
        value={v.text}
        onChange={(e) => draft.change({ ...v, text: e.target.value })}
        onKeyDown={onKey}
        className="block w-full resize-y bg-transparent px-3.5 py-2.5 text-msg outline-none"
      />
      {mail && !withSubject ? quoted : null}
      {error ? (
        <div className="px-3.5 pb-2">
          <FormProblem problem={asProblem(error)} />
        </div>
      ) : null}
      <div className="flex flex-wrap items-center gap-2 border-t px-2 py-1.5">
        <Button
          kind="primary"
          hint={MAC ? "⌘↵" : "Ctrl ↵"}
          busy={busy}
          disabled={!!missing}
          onClick={() => void send()}
        >
          {sms && parts > 1 ? `Send ${hasFields(v.text) ? "about " : ""}${parts} SMS` : "Send"}
        </Button>
        {onNext ? (
          <Button
            hint={MAC ? "⌘⇧↵" : "Ctrl ⇧ ↵"}
            disabled={!!missing || busy}
            onClick={() => void send(undefined, onNext)}
          >
            Send and next
          </Button>
        ) : null}
        <SendLater disabled={!!missing || busy} onChoose={(at) => void send(at)} />
        {missing && (v.text || v.subject) ? (
          <span className="text-meta text-ink-2">
            {missing === "subject"
              ? "Add a subject before sending."
              : missing === "from"
                ? "Choose an account to write from."
                : "Write a message before sending."}
          </span>
        ) : null}
        {sms ? <SmsSize text={v.text} /> : null}
        {help?.(v, draft.change)}
        {note}
        <span className="ml-auto text-meta text-ink-3">{draft.savedAt ? `Saved ${clock(draft.savedAt)}` : ""}</span>
        {v.text || v.subject ? (
          <Button kind="quiet" onClick={() => void draft.clear()}>
            Discard
          </Button>
        ) : null}
      </div>
    </div>
  );
}
