// Recordings of calls: whether they are made, in which countries not, and how long they are kept.
import { Heading } from "@/shared/ui/section";
import type { Option } from "@/shared/ui/select";
import { Choice } from "./choice";
import { ListField } from "./list-field";
import type { SettingsView } from "./queries";

const RECORDED: Option<"off" | "notice">[] = [
  { value: "off", label: "Do not record" },
  { value: "notice", label: "Record, with a notice to the lead" },
];

/** The days that are offered, and the one that is set. */
const keptDays = (set: number): Option[] =>
  [...new Set([7, 30, 90, 180, 365, set])]
    .sort((a, b) => a - b)
    .map((days) => ({ value: String(days), label: `${days} days` }));

export function RecordingSection({ settings: { recording } }: { settings: SettingsView }) {
  return (
    <section aria-label="Recordings of calls" className="pt-6">
      <Heading>Recordings of calls</Heading>
      <Choice
        label="Calls that the app places"
        help="You and the lead hear a notice before you are connected, in the lead's language where we have it. Some countries ask for more: look up what yours does."
        value={recording.enabled ? "notice" : "off"}
        options={RECORDED}
        change={(value) => ({ recording: { enabled: value === "notice" } })}
      />
      <Choice
        label="Delete recordings after"
        help="They are deleted at the provider, too."
        value={String(recording.keep_days)}
        options={keptDays(recording.keep_days)}
        change={(days) => ({ recording: { keep_days: Number(days) } })}
      />
      <div className="pt-4">
        <ListField
          title="Countries without recordings"
          help="Calls to leads or numbers there are not recorded."
          saved={recording.countries_off}
          countries
          change={(countries_off) => ({ recording: { countries_off } })}
        />
      </div>
    </section>
  );
}
