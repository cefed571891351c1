// Leads whose messages a pause or an outage has made late: one decision for all of them.
import type { CampaignView } from "@/api/types";
import { plural, when } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { useAnswerLate, type WhenLate } from "./queries";

const DONE: Record<WhenLate, string> = {
  hold: "Still waiting",
  send: "Late messages go out, within their window and limits",
  skip: "Step skipped; the next delay starts now",
};

const ANSWERED: Record<WhenLate, string> = { hold: "wait", send: "send them", skip: "skip the step" };

/** No lead can have become late since a decision before this time has passed. */
const LATE_AFTER_MS = 48 * 3_600_000;

export function LatePeople({ campaign, late, may }: { campaign: CampaignView; late: number; may: boolean }) {
  const answer = useAnswerLate(campaign.id);
  const now = useNow();
  if (!late) return null;
  const { late_answer: said } = campaign;
  const answered = said && now - Date.parse(said.planned_before) < LATE_AFTER_MS ? said : undefined;
  const active = campaign.state === "active";
  const say = (then: WhenLate) =>
    answer.mutate(then, {
      onSuccess: () => toast(DONE[then]),
      onError: (error) => toastProblem("Could not save your answer", error),
    });
  return (
    <section
      aria-label="Late messages"
      className="m-6 mb-0 flex flex-wrap items-center gap-3 rounded-panel bg-accent-soft px-3.5 py-2.5 max-lg:m-4 max-lg:mb-0"
    >
      <p className="min-w-[240px] flex-1">
        {late === 1 ? "The message to 1 lead is" : `The messages to ${plural(late, "lead")} are`} more than 48 h late.{" "}
        {answered ? (
          <>
            You chose {when(answered.planned_before, now)}: {ANSWERED[answered.then]}.
            {answered.then === "hold" ? "" : active ? " In progress." : " It starts when the campaign resumes."}
          </>
        ) : active ? (
          "Nothing is sent to them until you decide."
        ) : (
          "The campaign is paused. Your choice applies when it resumes."
        )}
      </p>
      {may ? (
        <>
          {answered?.then === "send" ? null : (
            <Button busy={answer.isPending} onClick={() => say("send")}>
              {active ? "Send now" : "Send on resume"}
            </Button>
          )}
          {answered?.then === "skip" ? null : (
            <Button kind="quiet" busy={answer.isPending} onClick={() => say("skip")}>
              Skip step
            </Button>
          )}
        </>
      ) : null}
    </section>
  );
}
