// The account that a message leaves from: the one that the lead knows, unless the user chooses another.
import { useId } from "react";
import type { Channel, Schema } from "@/api/types";
import { Select } from "@/shared/ui/select";

export type ChannelSenders = Schema["ChannelSenders"];

export const sendersOn = (senders: readonly ChannelSenders[] | undefined, channel: Channel) =>
  senders?.find((one) => one.channel === channel);

/** The account that a message leaves from; nothing while the user has to choose. */
export function accountOf(senders: ChannelSenders | undefined, chosen?: string): string | undefined {
  if (!senders) return undefined;
  return senders.choices.some((choice) => choice.account === chosen) ? chosen : (senders.account ?? undefined);
}

/** The user has to choose: several accounts could send it and the lead knows none, or the one that it knows was removed. */
export const mustChoose = (senders: ChannelSenders | undefined, chosen?: string) =>
  !!senders?.choices.length && !accountOf(senders, chosen);

const WAITS: Record<Schema["SenderWaits"], string> = {
  paused: "paused: the message waits until it resumes",
  switched_off: "switched off: the message waits until it is on again",
  at_limit: "at its limit: the message waits until it may send more",
};

/** Why the message waits, or has to be given another account. */
export function senderNote(senders: ChannelSenders, chosen?: string): string | undefined {
  const account = accountOf(senders, chosen);
  const choice = senders.choices.find((one) => one.account === account);
  if (choice?.waits) return `This account is ${WAITS[choice.waits]}.`;
  if (account) return undefined;
  return senders.gone
    ? "The account that the lead knows was removed. Choose another to write from."
    : "The lead knows none of these accounts. Choose one to write from.";
}

interface FromFieldProps {
  senders: ChannelSenders;
  chosen?: string;
  onChoose: (account: string) => void;
}

export function FromField({ senders, chosen, onChoose }: FromFieldProps) {
  const id = useId();
  const { choices } = senders;
  if (!choices.length) return null;
  const account = accountOf(senders, chosen);
  const note = senderNote(senders, chosen);
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b px-3.5 py-1.5">
      <label htmlFor={id} className="text-ink-2">
        From
      </label>
      {choices.length === 1 && account ? (
        <span id={id} className="min-w-0 truncate font-medium">
          {choices[0]?.from}
        </span>
      ) : (
        <Select
          id={id}
          value={account ?? ""}
          placeholder={account ? undefined : "Choose"}
          options={choices.map((choice) => ({ value: choice.account, label: choice.from }))}
          onValue={onChoose}
          aria-describedby={note ? `${id}-note` : undefined}
          className="min-w-0 flex-1"
        />
      )}
      {note ? (
        <p id={`${id}-note`} className="basis-full text-meta text-warm-ink">
          {note}
        </p>
      ) : null}
    </div>
  );
}
