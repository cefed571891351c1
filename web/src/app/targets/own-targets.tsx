// The targets of the present month, the user's own or the team's: what is reached, and how far that is from the pace.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { serverNow } from "@/api/clock";
import { useIdentity } from "@/app/auth/use-session";
import { cx } from "@/shared/lib/cx";
import { plural } from "@/shared/lib/format";
import { monthOf } from "@/shared/lib/months";
import { Heading } from "@/shared/ui/section";
import { FIGURE_NAMES, FIGURES, hasTargets, reachedWords } from "./figures";
import { PaceNote, TargetBar } from "./progress";
import { ownTargetsQuery, type Progresses, type Targets } from "./queries";

function useTargets(): { targets?: Targets; own?: Progresses } {
  const targets = useQuery(ownTargetsQuery(monthOf(Number(serverNow())))).data;
  const me = useIdentity()?.user.id;
  return { targets, own: targets?.members.find((member) => member.user === me)?.progress };
}

/** Nothing is shown to a user without targets. */
export function OwnTargets({ className }: { className?: string }) {
  const { targets, own } = useTargets();
  return targets && own ? (
    <OfMonth
      {...{ targets, className }}
      title="My targets"
      of="you"
      progress={own}
      list="grid gap-x-8 gap-y-3 sm:grid-cols-2"
    />
  ) : null;
}

/** The team's targets, which managers see, and the user's own. */
export function TodaysTargets({ className }: { className?: string }) {
  const { targets, own } = useTargets();
  if (!targets) return null;
  const same = { targets, className, list: "space-y-3" };
  return (
    <>
      {targets.team ? <OfMonth {...same} title="Team targets" of="the team" progress={targets.team} /> : null}
      {own ? <OfMonth {...same} title="My targets" of="you" progress={own} /> : null}
    </>
  );
}

function OfMonth({
  title,
  of,
  progress,
  targets,
  list,
  className,
}: {
  title: string;
  /** Whose figures they are. */
  of: string;
  progress: Progresses;
  targets: Targets;
  list: string;
  className?: string;
}) {
  if (!hasTargets(progress)) return null;
  const left = targets.working_days - targets.days_over;
  return (
    <section aria-label={title} className={className}>
      <Heading
        note={`${plural(left, "working day")} left`}
        aside={
          <Link to="/targets" className="text-accent-ink hover:underline">
            All months
          </Link>
        }
      >
        {title}
      </Heading>
      <ul className={cx("border-t pt-2", list)}>
        {FIGURES.filter((figure) => typeof progress[figure].target === "number").map((figure) => (
          <li key={figure}>
            <div className="flex items-baseline justify-between gap-2">
              <span>{FIGURE_NAMES[figure]}</span>
              <span className="font-medium">{reachedWords(figure, progress[figure], targets.currency)}</span>
            </div>
            <div className="py-1.5">
              <TargetBar figure={figure} progress={progress[figure]} targets={targets} of={of} />
            </div>
            <PaceNote figure={figure} progress={progress[figure]} targets={targets} />
          </li>
        ))}
      </ul>
    </section>
  );
}
