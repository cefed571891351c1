// One day of an account: how much of its limit is sent and expected.
import type { components } from "@/api/schema";
import { civilDay, count } from "@/shared/lib/format";
import { ProgressBar } from "./progress";

export function DayLoad({
  account,
  day,
  sent,
}: {
  account: string;
  day: components["schemas"]["DayAhead"];
  sent: number;
}) {
  return (
    <>
      <span className="block">
        <span className="font-medium">{count(day.expected)}</span>{" "}
        <span className="text-ink-2">of {count(day.allowed)}</span>
      </span>
      <ProgressBar
        parts={[
          { value: sent, className: "bg-c1" },
          { value: Math.max(0, day.expected - sent), className: "bg-c3" },
        ]}
        total={day.allowed}
        label={`${account}, ${civilDay(day.day)}: ${count(day.expected)} of ${count(day.allowed)}`}
      />
    </>
  );
}
