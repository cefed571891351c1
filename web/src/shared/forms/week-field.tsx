// Days of the week and the times of those days, several if wanted.
import { Plus, X } from "lucide-react";
import { cx } from "@/shared/lib/cx";
import { dayName, MOST_RANGES, minutesToTime, nextRange, timeToMinutes, type Week } from "@/shared/lib/week";
import { Button, IconButton } from "@/shared/ui/button";
import { inputStyle } from "./field";

export function WeekField<W extends Week>({ value: w, onChange }: { value: W; onChange: (w: W) => void }) {
  const more = w.ranges.length < MOST_RANGES ? nextRange(w.ranges) : undefined;
  const setRange = (at: number, part: Partial<Week["ranges"][number]>) =>
    onChange({ ...w, ranges: w.ranges.map((r, i) => (i === at ? { ...r, ...part } : r)) });
  const nth = (word: string, i: number) => (i ? `${word}, ${i + 1}` : word);
  return (
    <div className="flex flex-wrap items-start gap-3">
      <fieldset aria-label="Days" className="flex">
        {[1, 2, 3, 4, 5, 6, 7].map((d) => {
          const on = w.weekdays.includes(d);
          return (
            <Button
              kind="bare"
              key={d}
              aria-pressed={on}
              onClick={() =>
                onChange({
                  ...w,
                  weekdays: on ? w.weekdays.filter((x) => x !== d) : [...w.weekdays, d].sort((a, b) => a - b),
                })
              }
              className={cx(
                "-ml-px h-control w-11 border first:ml-0 first:rounded-l-control last:rounded-r-control max-sm:h-11 max-tiny:w-[41px]",
                on
                  ? "z-1 border-accent bg-accent-soft font-medium text-accent-ink"
                  : "border-line bg-raised text-ink-2",
              )}
            >
              {dayName(d)}
            </Button>
          );
        })}
      </fieldset>
      <div className="grid gap-2">
        {w.ranges.map((range, i) => (
          <span key={i} className="flex items-center gap-2">
            {(["start", "end"] as const).map((edge) => (
              <input
                key={edge}
                type="time"
                aria-label={nth(edge === "start" ? "From" : "Until", i)}
                value={minutesToTime(range[edge] % 1440)}
                onChange={(e) => {
                  const m = timeToMinutes(e.target.value);
                  if (m !== undefined) setRange(i, { [edge]: edge === "end" && m === 0 ? 1440 : m });
                }}
                className={cx(inputStyle, "h-control !w-[124px] max-sm:h-11")}
              />
            ))}
            {w.ranges.length > 1 ? (
              <IconButton
                label={`Remove ${minutesToTime(range.start)} to ${minutesToTime(range.end)}`}
                size="iconSm"
                onClick={() => onChange({ ...w, ranges: w.ranges.filter((_, at) => at !== i) })}
              >
                <X size={14} />
              </IconButton>
            ) : null}
          </span>
        ))}
        {more ? (
          <Button
            size="sm"
            kind="quiet"
            className="justify-self-start"
            icon={<Plus size={14} />}
            onClick={() => onChange({ ...w, ranges: [...w.ranges, more] })}
          >
            Add time range
          </Button>
        ) : null}
      </div>
    </div>
  );
}
