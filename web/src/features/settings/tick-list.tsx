// A list of tick boxes under one heading, of which some are ticked.
import { Checkbox } from "@/shared/ui/checkbox";

export function TickList<T extends string>({
  legend,
  options,
  chosen,
  change,
  error,
}: {
  legend: string;
  options: readonly (readonly [T, string])[];
  chosen: readonly T[];
  change: (chosen: T[]) => void;
  error?: string;
}) {
  const toggle = (value: T, on: boolean) =>
    change(options.map(([known]) => known).filter((known) => (known === value ? on : chosen.includes(known))));
  return (
    <fieldset>
      <legend className="pb-1 font-medium">{legend}</legend>
      <div className="grid gap-x-6 sm:grid-cols-2">
        {options.map(([value, label]) => (
          <label key={value} className="flex min-h-8 items-center gap-2">
            <Checkbox checked={chosen.includes(value)} onValue={(on) => toggle(value, on)} />
            {label}
          </label>
        ))}
      </div>
      {error ? (
        <p role="alert" className="pt-1 text-bad-ink">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
