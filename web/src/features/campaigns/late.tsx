// People whose messages a pause or an outage has made late: one question for all of them.
import { plural } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { useAnswerLate, type WhenLate } from "./queries";

const DONE: Record<WhenLate, string> = {
  hold: "They wait",
  send: "What is late goes out, inside the window and its limits",
  skip: "The step is left out; the next one's delay starts now",
};

export function LatePeople({ campaign, late, may }: { campaign: string; late: number; may: boolean }) {
  const answer = useAnswerLate(campaign);
  if (!late) return null;
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
        out more than 48 h ago. Nothing is sent to them until you say so.
      </p>
      {may ? (
        <>
          <Button busy={answer.isPending} onClick={() => say("send")}>
            Send them now
          </Button>
          <Button kind="quiet" busy={answer.isPending} onClick={() => say("skip")}>
            Skip the step
          </Button>
        </>
      ) : null}
    </section>
  );
}
