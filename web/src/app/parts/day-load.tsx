// One day of an account: how much of its limit is used and expected, and whether expected messages wait.
import type { Schema } from "@/api/types";
import { civilDay, count } from "@/shared/lib/format";
import { ProgressBar } from "@/shared/ui/progress";

export function DayLoad({
  account,
  day,
  taken,
  waits,
}: {
  account: string;
  day: Schema["DayAhead"];
  taken: number;
  /** The expected messages do not go out on that day, as things stand. */
  waits: boolean;
}) {
  const expected = Math.max(0, day.expected - taken);
  const held = waits && expected > 0;
  return (
    <>
      <span className="block">
        <span className="font-medium">{count(day.expected)}</span>{" "}
        <span className="text-ink-2">of {count(day.allowed)}</span>
        {held ? <span className="text-held-ink"> waits</span> : null}
      </span>
      {taken ? (
        <span className="block text-meta text-ink-2">
          {count(taken)} sent or reserved, {count(expected)} planned
        </span>
      ) : null}
      <ProgressBar
        parts={[
          { value: taken, className: "bg-c1" },
          { value: expected, className: held ? "hatch-strong" : "bg-c3" },
        ]}
        total={day.allowed}
        label={`${account}, ${civilDay(day.day)}: ${count(day.expected)} of ${count(day.allowed)}${taken ? `, ${count(taken)} of them sent or reserved` : ""}${held ? `, ${count(expected)} of them waiting` : ""}`}
      />
    </>
  );
}
