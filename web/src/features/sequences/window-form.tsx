// When people may be written to, in their own time.
import { inputStyle } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { Heading } from "@/shared/ui/section";
import { dayName, minutesToTime, type SendingWindow, timeToMinutes, windowWords } from "./model";

export function WindowForm({
  window: w,
  onChange,
  errors,
}: {
  window: SendingWindow;
  onChange: (w: SendingWindow) => void;
  errors: Record<string, string>;
}) {
  const range = w.ranges[0] ?? { start: 540, end: 1020 };
  const error = errors["window.weekdays"] ?? errors["window.ranges"] ?? errors.window;
  const setRange = (part: Partial<typeof range>) =>
    onChange({ ...w, ranges: [{ ...range, ...part }, ...w.ranges.slice(1)] });
  return (
    <section aria-label="Sending window" className="border-t px-6 py-3 max-lg:px-4">
      <Heading note={`${windowWords(w)}, in their time`}>Sending window</Heading>
      <div className="flex flex-wrap items-center gap-3">
        <fieldset aria-label="Days" className="flex">
          {[1, 2, 3, 4, 5, 6, 7].map((d) => {
            const on = w.weekdays.includes(d);
            return (
              <button
                key={d}
                type="button"
                aria-pressed={on}
                onClick={() =>
                  onChange({
                    ...w,
                    weekdays: on ? w.weekdays.filter((x) => x !== d) : [...w.weekdays, d].sort((a, b) => a - b),
                  })
                }
                className={cx(
                  "-ml-px h-[30px] w-11 border first:ml-0 first:rounded-l-control last:rounded-r-control max-sm:h-11",
                  on
                    ? "z-[1] border-accent bg-accent-soft font-medium text-accent-ink"
                    : "border-line bg-raised text-ink-2",
                )}
              >
                {dayName(d)}
              </button>
            );
          })}
        </fieldset>
        <span className="flex items-center gap-2">
          {(["start", "end"] as const).map((edge) => (
            <input
              key={edge}
              type="time"
              aria-label={edge === "start" ? "From" : "Until"}
              value={minutesToTime(range[edge] % 1440)}
              onChange={(e) => {
                const m = timeToMinutes(e.target.value);
                if (m !== undefined) setRange({ [edge]: edge === "end" && m === 0 ? 1440 : m });
              }}
              className={cx(inputStyle, "h-[30px] !w-[124px] max-sm:h-11")}
            />
          ))}
        </span>
      </div>
      {error ? <p className="mt-1 text-bad-ink">{error}</p> : null}
    </section>
  );
}
