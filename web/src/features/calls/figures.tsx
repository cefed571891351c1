// The calls that the user has made today and this week.
import { useQuery } from "@tanstack/react-query";
import { count } from "@/shared/lib/format";
import { Heading, Figures as Row, StatTile } from "@/shared/ui/section";
import { callStatsQuery } from "./queries";

export function Figures({ className }: { className?: string }) {
  const stats = useQuery(callStatsQuery);
  const { today, week } = stats.data ?? {};
  if (!today || !week)
    return (
      <section aria-label="Your calls" className={className}>
        <Heading>Your calls</Heading>
        <p className="border-t pt-2 text-ink-2">The figures did not load.</p>
      </section>
    );
  return (
    <section aria-label="Your calls" className={className}>
      <Heading note="today">Your calls</Heading>
      <Row className="border-t pt-2">
        <StatTile label="Calls" figure={count(today.calls)} note={`${count(week.calls)} this week`} />
        <StatTile label="Reached" figure={count(today.reached)} note={`${count(week.reached)} this week`} />
        <StatTile label="Meetings" figure={count(today.meetings)} note={`${count(week.meetings)} this week`} />
      </Row>
    </section>
  );
}
