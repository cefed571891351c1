// Asks for the country of numbers without a country code, where the file suggests another than the workspace's.
import { useId } from "react";
import { count, plural } from "@/shared/lib/format";
import type { PhoneQuestion } from "./model";

const names = new Intl.DisplayNames(["en"], { type: "region" });

/** "2 numbers are written with its code; 310 of 400 would be valid there." */
export function evidenceFor(c: PhoneQuestion["candidates"][number]): string {
  const coded = c.with_code
    ? `${plural(c.with_code, "number")} in the file ${c.with_code === 1 ? "has" : "have"} its code; `
    : "";
  return `${coded}${count(c.valid)} of ${count(c.of)} without a code would be valid there.`;
}

export function CountryQuestion({
  question: q,
  chosen,
  onChoose,
}: {
  question: PhoneQuestion;
  chosen: string | null;
  onChoose: (country: string) => void;
}) {
  const id = useId();
  return (
    <fieldset className="rounded-panel border bg-warm-soft px-3.5 py-3 text-ink">
      <legend className="sr-only">Country of {plural(q.without_code, "number")} without a country code</legend>
      <p className="font-medium" aria-hidden="true">
        {q.without_code === 1 ? "1 number has" : `${count(q.without_code)} numbers have`} no country code: which
        country?
      </p>
      <p className="[overflow-wrap:anywhere] text-ink-2">For example {q.examples.slice(0, 3).join(", ")}</p>
      {q.candidates.slice(0, 4).map((c) => (
        <div key={c.country} className="mt-2 flex items-start gap-2">
          <input
            type="radio"
            id={`${id}-${c.country}`}
            name={id}
            className="mt-1"
            checked={chosen === c.country}
            onChange={() => onChoose(c.country)}
          />
          <label htmlFor={`${id}-${c.country}`}>
            <span className="font-medium">{names.of(c.country) ?? c.country}</span>
            <span className="block text-meta text-ink-2">{evidenceFor(c)}</span>
          </label>
        </div>
      ))}
    </fieldset>
  );
}
