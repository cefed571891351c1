// The outcomes of a call with their keys, and what each does, in the words that are shown before it is chosen.
import { OUTCOME_WORDS } from "@/shared/lib/labels";
import type { TaskOutcome, TaskView } from "./queries";

/** The outcomes in the order of their keys: 1 to 9, then 0. */
export const CALL_OUTCOMES = [
  "connected",
  "no_answer",
  "busy",
  "voicemail",
  "callback",
  "gatekeeper",
  "wrong_number",
  "not_interested",
  "booked",
  "do_not_call",
] as const satisfies readonly TaskOutcome[];

export type CallOutcome = (typeof CALL_OUTCOMES)[number];

export const keyOf = (outcome: CallOutcome) => String((CALL_OUTCOMES.indexOf(outcome) + 1) % 10);

export const outcomeOfKey = (key: string): CallOutcome | undefined =>
  /^\d$/.test(key) ? CALL_OUTCOMES[(Number(key) + 9) % 10] : undefined;

/** The calls of a lead, the first one included, before one that reaches nobody is not made again. */
const MOST_TRIES = 3;

/** What the outcome does besides closing the task. */
export function effectOf(t: Pick<TaskView, "campaign_id" | "tries">, outcome: CallOutcome): string {
  const onwards = t.campaign_id ? "the sequence continues" : "";
  const said = (effect: string) => [effect, onwards].filter(Boolean).join(", ");
  switch (outcome) {
    case "booked":
      return "Ends all sequences of the lead";
    case "not_interested":
      return "Ends all sequences of the lead";
    case "do_not_call":
      return "Blocks the number and ends all sequences";
    case "callback":
      return said("Plans a call for the time that you choose");
    case "no_answer":
    case "busy":
      if (t.campaign_id) return "The sequence continues";
      return t.tries + 1 < MOST_TRIES
        ? `Call again on the next working day, try ${t.tries + 2} of ${MOST_TRIES}`
        : `No more tries, this was the last of ${MOST_TRIES}`;
    default:
      return t.campaign_id ? "The sequence continues" : "Closes the task";
  }
}

/** "Booked" is short beside its key; the rest of the app says what was booked. */
export const callWord = (outcome: CallOutcome) => (outcome === "booked" ? "Booked" : OUTCOME_WORDS[outcome]);
