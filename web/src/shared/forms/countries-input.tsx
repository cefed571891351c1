// A field for several countries: those that were chosen, and a list with a search to add another.
import { X } from "lucide-react";
import { countryName } from "@/shared/lib/country-name";
import { Button } from "@/shared/ui/button";
import { CountryInput } from "./country-input";

export function Chosen({ word, of = "", onRemove }: { word: string; of?: string; onRemove: () => void }) {
  return (
    <span className="inline-flex min-h-control-sm max-w-full items-center rounded-control border border-line bg-raised pl-2">
      <span className="min-w-0 [overflow-wrap:anywhere]">{word}</span>
      <Button
        kind="bare"
        aria-label={`Remove ${word} ${of}`.trim()}
        onClick={onRemove}
        className="flex size-6 shrink-0 items-center justify-center rounded-control text-ink-2 hover:bg-sunken hover:text-ink"
      >
        <X size={13} />
      </Button>
    </span>
  );
}

export function CountriesInput({
  values,
  onValues,
  ...field
}: {
  values: readonly string[];
  onValues: (codes: string[]) => void;
  id?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}) {
  return (
    <div>
      {values.length ? (
        <div className="mb-1 flex flex-wrap gap-1">
          {values.map((code) => (
            <Chosen
              key={code}
              word={countryName(code)}
              onRemove={() => onValues(values.filter((other) => other !== code))}
            />
          ))}
        </div>
      ) : null}
      <CountryInput
        {...field}
        adds
        value=""
        placeholder={values.length ? "Add another" : "Search countries"}
        onValue={(code) => {
          if (code && !values.includes(code)) onValues([...values, code]);
        }}
      />
    </div>
  );
}
