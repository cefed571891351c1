// The outcomes of a call, each with its key and what it does. One that ends sequences is confirmed; "Call back" asks when.
import { useEffect, useRef, useState } from "react";
import { MomentChoices } from "@/shared/forms/moment-choices";
import { mornings } from "@/shared/lib/morning";
import { Button } from "@/shared/ui/button";
import { Key } from "@/shared/ui/key";
import { CALL_OUTCOMES, type CallOutcome, callWord, effectOf, keyOf } from "./effects";
import { ENDS } from "./ends";
import type { TaskView } from "./queries";

/** How far ahead a call back may be. */
const FURTHEST_DAYS = 365;

export interface LoggedOutcome {
  outcome: CallOutcome;
  again_at?: string;
}

export function OutcomePanel({
  task,
  leadName,
  chosen,
  onChoose,
  onLog,
}: {
  task: Pick<TaskView, "campaign_id" | "tries">;
  leadName: string;
  /** The outcome that is to be confirmed, or whose time is asked for. */
  chosen: CallOutcome | undefined;
  onChoose: (outcome: CallOutcome | undefined) => void;
  onLog: (logged: LoggedOutcome) => void;
}) {
  if (chosen === "callback") return <CallBack leadName={leadName} onChoose={onChoose} onLog={onLog} />;
  if (chosen) return <Confirm task={task} chosen={chosen} onChoose={onChoose} onLog={onLog} />;
  return (
    <ul aria-label="Outcome" className="grid grid-cols-2 gap-x-2 gap-y-0.5 max-sm:grid-cols-1">
      {CALL_OUTCOMES.map((outcome) => (
        <li key={outcome}>
          <Button
            kind="bare"
            onClick={() => choose(outcome, onChoose, onLog)}
            className="flex w-full items-start gap-2 rounded-control px-2 py-1.5 text-left hover:bg-sunken"
          >
            <Key>{keyOf(outcome)}</Key>
            <span className="min-w-0">
              <span className="block font-medium">{callWord(outcome)}</span>
              <span className="block text-meta text-ink-2">{effectOf(task, outcome)}</span>
            </span>
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** Logs the outcome, unless it needs a time or a second look. */
export function choose(
  outcome: CallOutcome,
  onChoose: (outcome: CallOutcome) => void,
  onLog: (logged: LoggedOutcome) => void,
) {
  if (outcome === "callback" || ENDS.includes(outcome)) onChoose(outcome);
  else onLog({ outcome });
}

function CallBack({
  leadName,
  onChoose,
  onLog,
}: {
  leadName: string;
  onChoose: (outcome: undefined) => void;
  onLog: (logged: LoggedOutcome) => void;
}) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.querySelector("button")?.focus(), []);
  return (
    <section ref={section} aria-label="Call back">
      <p className="mb-2 font-medium">When does {leadName} want to be called?</p>
      <MomentChoices
        choices={mornings()}
        days={FURTHEST_DAYS}
        action="Log call back"
        onChoose={(again_at) => onLog({ outcome: "callback", again_at })}
      />
      <Button kind="quiet" className="mt-2" onClick={() => onChoose(undefined)}>
        Other outcome
      </Button>
    </section>
  );
}

function Confirm({
  task,
  chosen,
  onChoose,
  onLog,
}: {
  task: Pick<TaskView, "campaign_id" | "tries">;
  chosen: CallOutcome;
  onChoose: (outcome: CallOutcome | undefined) => void;
  onLog: (logged: LoggedOutcome) => void;
}) {
  const button = useRef<HTMLButtonElement>(null);
  const [wasFocused, setFocused] = useState(false);
  useEffect(() => {
    if (wasFocused) return;
    setFocused(true);
    button.current?.focus();
  }, [wasFocused]);
  return (
    <section aria-label={`Log ${callWord(chosen)}`}>
      <p>
        <span className="font-medium">{callWord(chosen)}.</span> {effectOf(task, chosen)}. This cannot be undone.
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button ref={button} kind="primary" onClick={() => onLog({ outcome: chosen })}>
          Log {callWord(chosen).toLowerCase()}
        </Button>
        <Button kind="quiet" onClick={() => onChoose(undefined)}>
          Other outcome
        </Button>
      </div>
    </section>
  );
}
