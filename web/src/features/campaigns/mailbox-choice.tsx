// Mailboxes to choose from, each with its state and its capacity today.
import { useId } from "react";
import { stateOf, todayLine } from "@/shared/lib/account-state";
import { State } from "@/shared/ui/badge";
import { Checkbox } from "@/shared/ui/checkbox";
import type { Sender } from "./queries";

/** The account as the API returns it. */
export const MOST = 20;

export function MailboxChoice({
  mailboxes,
  chosen,
  onChosen,
  error,
}: {
  mailboxes: Sender[];
  chosen: string[];
  onChosen: (ids: string[]) => void;
  error?: string;
}) {
  const id = useId();
  return (
    <fieldset aria-describedby={`${id}-help`}>
      <legend className="mb-1 font-medium">Send e-mail from</legend>
      <ul className="divide-y border-y">
        {mailboxes.map((m) => (
          <li key={m.id} className="flex min-h-9 items-center gap-2">
            <Checkbox
              id={`${id}-${m.id}`}
              checked={chosen.includes(m.id)}
              onValue={(on) => onChosen(on ? [...chosen, m.id] : chosen.filter((other) => other !== m.id))}
            />
            <label htmlFor={`${id}-${m.id}`} className="min-w-0 flex-1 py-1.5">
              {m.name}
              <span className="ml-2 text-meta text-ink-2">{todayLine(m) ?? "no limits"}</span>
            </label>
            <State tone={stateOf(m).tone}>{stateOf(m).word}</State>
          </li>
        ))}
      </ul>
      <p id={`${id}-help`} className={error ? "mt-1 text-bad-ink" : "mt-1 text-meta text-ink-3"}>
        {error ??
          (chosen.length > MOST
            ? `At most ${MOST} can be chosen.`
            : "Each lead keeps one mailbox, the one with most capacity left.")}
      </p>
    </fieldset>
  );
}
