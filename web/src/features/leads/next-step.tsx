// What comes next for a lead, in words: on the board's card and in the list's column.
import { Bell } from "lucide-react";
import type { LeadRow } from "@/api/types";
import { when } from "@/shared/lib/format";
import { reasonWord } from "@/shared/lib/stages";
import { type NextStep, useNextSteps } from "./next-steps";

export function NextStepWords({
  lead,
  now,
  campaigns,
  step,
  none,
}: {
  lead: LeadRow;
  now: number;
  campaigns: Record<string, string>;
  /** What a person is to do next for the lead. */
  step?: NextStep;
  /** What is said of a lead for whom nothing is planned. */
  none: string;
}) {
  if (lead.lost_reason) return <>{reasonWord(lead.lost_reason)}</>;
  if (lead.do_not_contact) return <>Do not contact</>;
  if (lead.possible_opt_out) return <>Possible opt-out</>;
  if (step) {
    const late = !!step.due && new Date(step.due).getTime() < now;
    return (
      <span className={late ? "text-bad-ink" : undefined}>
        {step.word}
        {step.due ? ` ${when(step.due, now)}` : ""}
      </span>
    );
  }
  if (lead.follow_up_at) {
    const late = new Date(lead.follow_up_at).getTime() < now;
    return (
      <span className={late ? "text-bad-ink" : undefined}>
        <Bell size={12} aria-hidden="true" className="mr-1 inline" />
        <span className="sr-only">Follow-up </span>
        {when(lead.follow_up_at, now)}
      </span>
    );
  }
  const running = lead.active.map((id) => campaigns[id] ?? "a campaign").join(", ");
  return <>{running || none}</>;
}

/** The cell of the list. All cells read one answer. */
export function NextStepCell(props: { lead: LeadRow; now: number; campaigns: Record<string, string> }) {
  return (
    <span className="text-ink-2">
      <NextStepWords {...props} step={useNextSteps().get(props.lead.id)} none="–" />
    </span>
  );
}
