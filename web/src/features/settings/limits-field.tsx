// The limits of an account: per day, per hour, for new leads, the gap, and the ramp-up.
import { useRef } from "react";
import { serverNow } from "@/api/clock";
import { Field, Input } from "@/shared/forms/field";
import { ZoneInput } from "@/shared/forms/zone-input";
import { Checkbox } from "@/shared/ui/checkbox";
import { Select } from "@/shared/ui/select";
import { type LimitTexts, usualLimits } from "./limits";

const HOW = [
  { value: "limits" as const, label: "Within limits" },
  { value: "all" as const, label: "No limits" },
];

export const today = () => new Intl.DateTimeFormat("en-CA").format(serverNow());

export function LimitsField({
  kind,
  value,
  onChange,
  errors,
}: {
  kind: string;
  value: LimitTexts | null;
  onChange: (limits: LimitTexts | null) => void;
  errors: Record<string, string>;
}) {
  /** The typed limits are kept while the user looks at the other choice. */
  const last = useRef(value);
  const choose = (how: "limits" | "all") => {
    if (value) last.current = value;
    onChange(how === "limits" ? (last.current ?? usualLimits(zone, today(), kind)) : null);
  };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const text = (key: keyof LimitTexts & string, name: string, label: string, help?: string) => (
    <Field label={label} help={help} error={errors[`limits.${name}`]}>
      <Input
        inputMode="numeric"
        value={String(value?.[key] ?? "")}
        onChange={(e) => value && onChange({ ...value, [key]: e.target.value })}
      />
    </Field>
  );
  return (
    <fieldset className="grid gap-3 sm:col-span-2 sm:grid-cols-2">
      <legend className="sr-only">Sending limits</legend>
      <Field
        label="Sending limits"
        help="Extra leads wait until there is capacity. Messages you write by hand count, but do not wait."
        error={errors.limits}
        className="sm:col-span-2"
      >
        <Select value={value ? "limits" : "all"} options={HOW} onValue={choose} className="w-full sm:w-55" />
      </Field>
      {value ? (
        <>
          {text("per_day", "per_day", "Messages per day")}
          {text(
            "new_per_day",
            "new_per_day",
            "First e-mails or texts per day",
            "Leave empty for all. The rest is reserved for follow-ups.",
          )}
          {text("per_hour", "per_hour", "Messages per hour", "Leave empty for no hourly limit.")}
          {text(
            "per_minute",
            "per_minute",
            "Messages per minute",
            "As many as the provider accepts. Leave empty for no limit.",
          )}
          <Field label="Time zone for daily limits" error={errors["limits.zone"]}>
            <ZoneInput value={value.zone} onChange={(e) => onChange({ ...value, zone: e.target.value })} />
          </Field>
          {text("gap_seconds", "gap_seconds", "Minimum seconds between messages")}
          {text(
            "jitter_seconds",
            "jitter_seconds",
            "Random delay, up to (seconds)",
            "Added to the minimum, drawn for each message.",
          )}
          <label className="flex items-center gap-1.5 sm:col-span-2">
            <Checkbox checked={value.ramp} onValue={(ramp) => onChange({ ...value, ramp })} />
            Ramp up: start low and send more each day
          </label>
          {value.ramp ? (
            <>
              {text("ramp_first_day", "ramp_up.first_day", "Messages on the first day")}
              {text("ramp_daily_increase", "ramp_up.daily_increase", "Increase per day")}
              <Field label="First day" error={errors["limits.ramp_up.from"]}>
                <Input
                  type="date"
                  value={value.ramp_from}
                  onChange={(e) => onChange({ ...value, ramp_from: e.target.value })}
                />
              </Field>
            </>
          ) : null}
        </>
      ) : null}
    </fieldset>
  );
}
