// Who would get the next ten leads of a kind, by the saved rules.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api/errors";
import { CountryInput } from "@/shared/forms/country-input";
import { Field, Input } from "@/shared/forms/field";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { EMPTY_SAMPLE, nextOwnersQuery, type Sample } from "./routing";

const PARTS: { key: keyof Sample; label: string }[] = [
  { key: "country", label: "Country" },
  { key: "region", label: "State or city" },
  { key: "source", label: "Source" },
  { key: "tag", label: "Tag" },
];

export function RoutingPreview({ rev, nameOf }: { rev: number; nameOf: (user: string) => string }) {
  const [typed, setTyped] = useState(EMPTY_SAMPLE);
  const [sample, setSample] = useState(EMPTY_SAMPLE);
  const query = useQuery(nextOwnersQuery(rev, sample));
  const problem = query.error ? asProblem(query.error) : undefined;
  const faults = problem?.byField() ?? {};
  return (
    <section aria-label="Preview">
      <Heading note="The preview does not use a turn.">The next ten leads would go to</Heading>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(e) => {
          e.preventDefault();
          setSample(typed);
        }}
      >
        {PARTS.map(({ key, label }) => (
          <Field key={key} label={label} error={faults[`lead.${key}`]} className="w-40 max-sm:w-full">
            {key === "country" ? (
              <CountryInput
                value={typed.country}
                placeholder="Any"
                onValue={(country) => setTyped({ ...typed, country })}
              />
            ) : (
              <Input
                value={typed[key]}
                maxLength={60}
                onChange={(e) => setTyped({ ...typed, [key]: e.target.value })}
              />
            )}
          </Field>
        ))}
        <Button type="submit" busy={query.isFetching}>
          Show
        </Button>
      </form>
      <div aria-live="polite" className="pt-3">
        {problem ? (
          <p className="text-bad-ink">{problem.detail}</p>
        ) : query.data ? (
          <ol aria-label="Next owners" className="max-w-text divide-y border-y">
            {query.data.leads.map((next, i) => (
              <li key={i} className="flex flex-wrap gap-x-3 py-1">
                <span className="w-6 text-ink-3">{i + 1}</span>
                <span className="font-medium">{next.owner ? nameOf(next.owner) : "Nobody"}</span>
                <span className="text-ink-2">
                  {next.owner ? (next.rule_name ? `by ${next.rule_name}` : "as all other leads") : "no rule fits"}
                </span>
              </li>
            ))}
          </ol>
        ) : (
          <p className="text-ink-2">Asking the rules…</p>
        )}
      </div>
    </section>
  );
}
