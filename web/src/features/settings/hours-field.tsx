// The sending hours of an account, in its own time zone.
import { useRef } from "react";
import { Field } from "@/shared/forms/field";
import { WeekField } from "@/shared/forms/week-field";
import { ZoneInput } from "@/shared/forms/zone-input";
import { Select } from "@/shared/ui/select";
import type { WorkingHours } from "./queries";

const WHEN = [
  { value: "always" as const, label: "Any time" },
  { value: "hours" as const, label: "At set hours only" },
];

/** The default hours: working hours in the browser's time zone. */
const usual = (): WorkingHours => ({
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  weekdays: [1, 2, 3, 4, 5],
  ranges: [{ start: 540, end: 1020 }],
});

export function HoursField({
  value,
  onChange,
  errors,
}: {
  value: WorkingHours | null;
  onChange: (hours: WorkingHours | null) => void;
  errors: Record<string, string>;
}) {
  /** The chosen hours are kept while the user looks at the other choice. */
  const last = useRef(value);
  const choose = (when: "always" | "hours") => {
    if (value) last.current = value;
    onChange(when === "hours" ? (last.current ?? usual()) : null);
  };
  return (
    <div className="grid gap-3 sm:col-span-2">
      <Field
        label="Sending hours"
        help="In addition to each sequence's sending window, which uses the lead's time zone. Messages go out when both are open."
      >
        <Select value={value ? "hours" : "always"} options={WHEN} onValue={choose} className="w-full sm:w-55" />
      </Field>
      {value ? (
        <>
          <div>
            <WeekField value={value} onChange={onChange} />
            {errors.hours ? <p className="mt-1 text-bad-ink">{errors.hours}</p> : null}
          </div>
          <Field label="Time zone" error={errors["hours.zone"]} className="sm:w-65">
            <ZoneInput value={value.zone} onChange={(e) => onChange({ ...value, zone: e.target.value })} />
          </Field>
        </>
      ) : null}
    </div>
  );
}
