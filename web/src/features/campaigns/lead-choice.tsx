// The choice of leads by filter, with how many match now and the first of them.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { LeadFilter } from "@/app/enrol/queries";
import { Heat } from "@/app/parts/heat";
import { segmentsQuery } from "@/app/segments/queries";
import { CountryInput } from "@/shared/forms/country-input";
import { Field, Input } from "@/shared/forms/field";
import { plural } from "@/shared/lib/format";
import { listQuery } from "@/shared/lib/lead-fields";
import { stageOptions } from "@/shared/lib/stages";
import { Select } from "@/shared/ui/select";
import { ErrorState } from "@/shared/ui/states";

export interface Choice {
  status: string;
  tag: string;
  country: string;
  q: string;
  /** A segment's id, empty for none; missing where none was chosen before. */
  segment?: string;
}

export const filterOf = (choice: Choice): LeadFilter => {
  const one = (text: string) => (text.trim() ? [text.trim()] : []);
  return {
    status: one(choice.status) as LeadFilter["status"],
    tag: one(choice.tag),
    country: one(choice.country),
    q: choice.q.trim() || null,
    ...(choice.segment === undefined ? {} : { segment: choice.segment || null }),
  };
};

export function useMatching(filter: LeadFilter, enabled: boolean) {
  const query = {
    ...listQuery(filter),
    owner: filter.unowned ? "none" : (filter.owner ?? undefined),
    campaign: filter.campaign ?? undefined,
    segment: filter.segment ?? undefined,
    rule: filter.rule ? JSON.stringify(filter.rule) : undefined,
    q: filter.q ?? undefined,
  };
  return useQuery({
    queryKey: ["leads", "matching", query],
    enabled,
    queryFn: ({ signal }) => unwrap(client.GET("/api/leads", { params: { query: { ...query, limit: 5 } }, signal })),
  });
}

export const totalOf = (matching: ReturnType<typeof useMatching>) =>
  matching.data?.total ?? matching.data?.items.length ?? 0;

export function LeadChoice({
  choice,
  onChoice,
  matching,
}: {
  choice: Choice;
  onChoice: (choice: Choice) => void;
  matching: ReturnType<typeof useMatching>;
}) {
  const set = (part: Partial<Choice>) => onChoice({ ...choice, ...part });
  const segments = useQuery(segmentsQuery).data?.items ?? [];
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Stage">
          <Select
            value={choice.status}
            placeholder="Any"
            options={[{ value: "", label: "Any" }, ...stageOptions()]}
            onValue={(status) => set({ status })}
            className="w-full"
          />
        </Field>
        <Field label="Tag">
          <Input value={choice.tag} onChange={(e) => set({ tag: e.target.value })} />
        </Field>
        <Field label="Country">
          <CountryInput value={choice.country} placeholder="Any" onValue={(country) => set({ country })} />
        </Field>
        <Field label="Name or company">
          <Input value={choice.q} onChange={(e) => set({ q: e.target.value })} />
        </Field>
        {segments.length ? (
          <Field label="Segment" className="sm:col-span-2">
            <Select
              value={choice.segment ?? ""}
              placeholder="Any"
              options={[{ value: "", label: "Any" }, ...segments.map(({ id, name }) => ({ value: id, label: name }))]}
              onValue={(segment) => set({ segment })}
              className="w-full"
            />
          </Field>
        ) : null}
      </div>
      <div className="mt-4 border-t pt-3" aria-live="polite">
        {matching.error ? (
          <ErrorState
            what="The leads did not load"
            error={matching.error}
            retry={() => matching.refetch()}
            className="!m-0"
          />
        ) : (
          <>
            <p className="mb-1 font-medium">{matching.isPending ? "Counting…" : plural(totalOf(matching), "lead")}</p>
            <ul>
              {(matching.data?.items ?? []).map((l) => (
                <li key={l.id} className="flex h-7 items-center gap-2">
                  <span className="truncate">{l.name}</span>
                  <span className="min-w-0 flex-1 truncate text-ink-2">{l.company}</span>
                  <Heat score={l.score} temperature={l.temperature} />
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </>
  );
}
