// What is searched for: a provider, an ICP to judge by, filters, and the price before the click.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { asProblem } from "@/api/errors";
import { useMay } from "@/app/auth/use-may";
import { icpsQuery } from "@/app/icp/queries";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useDelayed } from "@/shared/lib/hooks";
import { dollars } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { Select } from "@/shared/ui/select";
import { toastProblem } from "@/shared/ui/toast";
import {
  FILTERS,
  type FilterName,
  filtersOf,
  isBlank,
  PAGE_SIZES,
  type ProspectSearch,
  type Provider,
  rangesOf,
  type Texts,
  textsOf,
} from "./model";
import { askCost, searchCostQuery, useSearch } from "./queries";

const WAIT_MS = 300;

export function SearchForm({
  providers,
  icp: firstIcp,
  first,
  onFound,
}: {
  providers: Provider[];
  icp?: string;
  /** The search that is shown when the page opens. */
  first?: ProspectSearch;
  onFound: (id: string) => void;
}) {
  const may = useMay("rep");
  const icps = useQuery(icpsQuery);
  const usable = providers.filter(({ connected }) => connected);
  const [name, setName] = useState(
    usable.find((one) => one.provider === first?.provider)?.provider ?? usable[0]?.provider ?? "",
  );
  const [icp, setIcp] = useState(first ? (first.icp ?? "") : (firstIcp ?? ""));
  const [texts, setTexts] = useState<Texts>(() => (first ? textsOf(first.filters) : {}));
  const [size, setSize] = useState<(typeof PAGE_SIZES)[number]>("25");
  const [unasked, setUnasked] = useState(first?.unasked ?? []);
  const search = useSearch();
  const provider = usable.find((one) => one.provider === name);
  const known = provider?.filters ?? [];

  /** Fills in the filters that the ICP's rules come to at this provider. */
  const translate = (id: string, at: string) => {
    setUnasked([]);
    if (!id || !at) return;
    askCost({ provider: at, icp: id }).then(
      (told) => {
        setTexts(textsOf(told.filters));
        setUnasked(told.unasked);
      },
      (error: unknown) => toastProblem("The ICP's rules could not be read", error),
    );
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what the page begins with
  useEffect(() => {
    if (!first) translate(icp, name);
  }, []);

  const filters = filtersOf(texts, known);
  const badSize = known.includes("employees") && rangesOf(texts.employees) === undefined;
  const body = { provider: name, filters, icp: icp || undefined, page_size: Number(size) };
  const isReady = !!provider && !isBlank(filters) && !badSize;
  const asked = useDelayed(JSON.stringify(body), WAIT_MS);
  const cost = useQuery(searchCostQuery(JSON.parse(asked), may && isReady && asked === JSON.stringify(body)));
  const refused = [search.error, cost.error].flatMap((error) => (error ? asProblem(error).errors : []));
  const faultOf = (filter: FilterName) =>
    filter === "employees" && badSize
      ? "Enter sizes such as 2-50 or 200+."
      : refused.find(({ field }) => field === `filters.${filter}`)?.detail;
  const other = search.error && !refused.some(({ field }) => field.startsWith("filters.")) ? search.error : undefined;
  const price = cost.data?.most;
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (may && isReady && !search.isPending) search.mutate(body, { onSuccess: ({ id }) => onFound(id) });
  };
  return (
    <form onSubmit={submit} noValidate aria-label="Search for prospects" className="border-b px-6 py-4 max-lg:px-4">
      <div className="grid grid-cols-4 gap-x-4 gap-y-3 max-lg:grid-cols-2 max-sm:grid-cols-1">
        <Field label="Provider">
          <Select
            value={name}
            options={providers.map((one) => ({
              value: one.provider,
              label: one.connected ? one.name : `${one.name}, not connected`,
              disabled: !one.connected,
            }))}
            onValue={(next) => {
              setName(next);
              search.reset();
              translate(icp, next);
            }}
            className="w-full"
          />
        </Field>
        <Field label="Score with">
          <Select
            value={icp}
            options={[
              { value: "", label: "No ICP" },
              ...(icps.data?.items ?? []).map((one) => ({ value: one.id, label: one.name })),
            ]}
            onValue={(next) => {
              setIcp(next);
              translate(next, name);
            }}
            className="w-full"
          />
        </Field>
        {FILTERS.filter((one) => known.includes(one.name)).map((one) => (
          <Field key={one.name} label={one.label} error={faultOf(one.name)}>
            <Input
              value={texts[one.name] ?? ""}
              placeholder={one.example}
              maxLength={1_000}
              onChange={(e) => {
                setTexts({ ...texts, [one.name]: e.target.value });
                if (search.error) search.reset();
              }}
            />
          </Field>
        ))}
        <Field label="Results per page">
          <Select
            value={size}
            options={PAGE_SIZES.map((value) => ({ value, label: value }))}
            onValue={setSize}
            className="w-full"
          />
        </Field>
      </div>
      {unasked.length > 0 ? (
        <p className="mt-3 text-ink-2 [overflow-wrap:anywhere]">
          Checked on the results, because {provider?.name} cannot be asked: {unasked.join("; ")}.
        </p>
      ) : null}
      {other ? (
        <div className="mt-3">
          <FormProblem problem={asProblem(other)} />
        </div>
      ) : null}
      <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button kind="primary" type="submit" busy={search.isPending} disabled={!may || !isReady}>
          {price === undefined ? "Search" : price === 0 ? "Search (free)" : `Search (at most ${dollars(price)})`}
        </Button>
        <span className="text-ink-2">
          {!may
            ? "Ask a colleague who works with leads: your role cannot search."
            : !isReady
              ? "Enter at least one filter, several values with commas."
              : cost.data?.each
                ? `An address then costs ${dollars(cost.data.each)}, if you add the person.`
                : cost.data
                  ? "Adding costs nothing more."
                  : null}
        </span>
      </div>
    </form>
  );
}
