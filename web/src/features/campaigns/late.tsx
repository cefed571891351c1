// People whose messages a pause or an outage has made late: one question for all of them.
import type { CampaignView } from "@/api/types";
import { plural, when } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { useAnswerLate, type WhenLate } from "./queries";

const DONE: Record<WhenLate, string> = {
  hold: "They wait",
  send: "What is late goes out, inside the window and its limits",
  skip: "The step is left out; the next one's delay starts now",
};

const ANSWERED: Record<WhenLate, string> = { hold: "wait", send: "send them", skip: "skip the step" };

/** Nobody has become late since an answer before this has passed. */
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
      onError: (error) => toastProblem("They wait as before", error),
    });
  return (
    <section
      aria-label="Late messages"
      className="m-6 mb-0 flex flex-wrap items-center gap-3 rounded-panel bg-accent-soft px-3.5 py-2.5 max-lg:m-4 max-lg:mb-0"
    >
      <p className="min-w-[240px] flex-1">
        {late === 1 ? "The message of 1 person was" : `The messages of ${plural(late, "person", "people")} were`} to go
        out more than 48 h ago.{" "}
        {answered ? (
          <>
            You said {when(answered.planned_before, now)}: {ANSWERED[answered.then]}.
            {answered.then === "hold" ? "" : active ? " It is being done." : " It is done when the campaign goes on."}
          </>
        ) : active ? (
          "Nothing is sent to them until you say so."
        ) : (
          "The campaign is paused; what you say now counts when it goes on."
        )}
      </p>
      {may ? (
        <>
          {answered?.then === "send" ? null : (
            <Button busy={answer.isPending} onClick={() => say("send")}>
              {active ? "Send them now" : "Send them then"}
            </Button>
          )}
          {answered?.then === "skip" ? null : (
            <Button kind="quiet" busy={answer.isPending} onClick={() => say("skip")}>
              Skip the step
            </Button>
          )}
        </>
      ) : null}
    </section>
  );
}
