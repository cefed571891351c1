// The user's own targets of the present month: what is reached, and how far that is from the pace.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { serverNow } from "@/api/clock";
import { useIdentity } from "@/app/auth/use-session";
import { plural } from "@/shared/lib/format";
import { monthOf } from "@/shared/lib/months";
import { Heading } from "@/shared/ui/section";
import { FIGURE_NAMES, FIGURES, hasTargets, reachedWords } from "./figures";
import { PaceNote, TargetBar } from "./progress";
import { ownTargetsQuery } from "./queries";

/** Nothing is shown to a user without targets. */
export function OwnTargets({ className }: { className?: string }) {
  const targets = useQuery(ownTargetsQuery(monthOf(Number(serverNow())))).data;
  const me = useIdentity()?.user.id;
  const own = targets?.members.find((member) => member.user === me)?.progress;
  if (!targets || !own || !hasTargets(own)) return null;
  const left = targets.working_days - targets.days_over;
  return (
    <section aria-label="My targets" className={className}>
      <Heading
        note={`${plural(left, "working day")} left`}
        aside={
          <Link to="/targets" className="text-accent-ink hover:underline">
            All months
          </Link>
        }
      >
        My targets
      </Heading>
      <ul className="grid gap-x-8 gap-y-3 border-t pt-2 sm:grid-cols-2">
        {FIGURES.filter((figure) => typeof own[figure].target === "number").map((figure) => (
          <li key={figure}>
            <div className="flex items-baseline justify-between gap-2">
              <span>{FIGURE_NAMES[figure]}</span>
              <span className="font-medium">{reachedWords(figure, own[figure], targets.currency)}</span>
            </div>
            <div className="py-1.5">
              <TargetBar figure={figure} progress={own[figure]} targets={targets} of="you" />
            </div>
            <PaceNote figure={figure} progress={own[figure]} targets={targets} />
          </li>
        ))}
      </ul>
    </section>
  );
}
