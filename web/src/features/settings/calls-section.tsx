// Calls that the app places: the countries in which it rings phones.
import { countryName } from "@/shared/lib/country-name";
import { Heading } from "@/shared/ui/section";
import { ListField } from "./list-field";
import type { SettingsView } from "./queries";

export function CallsSection({ settings: { calls, default_country } }: { settings: SettingsView }) {
  return (
    <section aria-label="Calls" className="pt-6">
      <Heading>Calls</Heading>
      <div className="pt-4">
        <ListField
          title="Countries to call"
          help={`Your team's own phones and those of leads may be there, besides ${countryName(default_country)}; a lead's phone may be in the lead's country, too. Numbers of a higher rate are never called.`}
          saved={calls.countries}
          countries
          change={(countries) => ({ calls: { countries } })}
        />
      </div>
    </section>
  );
}
