// The sending window of a sequence, in the lead's own time.
import { Field } from "@/shared/forms/field";
import { WeekField } from "@/shared/forms/week-field";
import { weekWords } from "@/shared/lib/week";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import type { SendingWindow } from "./model";

const HOLIDAYS = [
  { value: "skip" as const, label: "Do not send" },
  { value: "send" as const, label: "Send as usual" },
];

export function WindowForm({
  window: w,
  onChange,
  errors,
}: {
  window: SendingWindow;
  onChange: (w: SendingWindow) => void;
  errors: Record<string, string>;
}) {
  return (
    <section aria-label="Sending window" className="border-t px-6 py-3 max-lg:px-4">
      <Heading note={`${weekWords(w)}, in their time`}>Sending window</Heading>
      <WeekField value={w} onChange={onChange} />
      {errors.window ? <p className="mt-1 text-bad-ink">{errors.window}</p> : null}
      <Field
        label="On public holidays"
        help="Public holidays in the lead's country. Your days off always apply. Texts and WhatsApp messages go out 08:00–21:00 only."
        className="mt-3 max-w-105"
      >
        <Select
          value={w.on_holidays ?? "skip"}
          options={HOLIDAYS}
          onValue={(on_holidays) => onChange({ ...w, on_holidays })}
          className="w-45"
        />
      </Field>
    </section>
  );
}
