// The popover of the filter bar: simple filters, a segment, and the way to a rule.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { segmentsQuery } from "@/app/segments/queries";
import { CountryInput } from "@/shared/forms/country-input";
import { inputStyle } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { FILTER_WORDS, type FilterField, LIST_FILTERS } from "@/shared/lib/lead-fields";
import { stageOptions, useStages } from "@/shared/lib/stages";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Select } from "@/shared/ui/select";
import { type Filters, valueWord, withFilter } from "./model";

const CHOICES: Partial<Record<FilterField, { value: string; label: string }[]>> = {
  temperature: ["hot", "warm", "cold"].map((value) => ({ value, label: valueWord("temperature", value) })),
  priority: [{ value: "high", label: "High" }],
};

/** The filters whose values are typed in. */
const TYPED = LIST_FILTERS.filter((field) => field !== "status" && field !== "country" && !CHOICES[field]);

export function FilterForm({
  filters,
  onFilters,
  onRule,
  campaigns,
}: {
  filters: Filters;
  onFilters: (f: Filters) => void;
  onRule: () => void;
  campaigns: Record<string, string>;
}) {
  const segments = useQuery(segmentsQuery).data?.items ?? [];
  const id = useId();
  useStages();
  const choices: typeof CHOICES = {
    ...CHOICES,
    status: stageOptions(),
    campaign: Object.entries(campaigns).map(([value, label]) => ({ value, label })),
  };
  const single = (field: FilterField) => field === "campaign";
  return (
    <div className="space-y-3">
      {(["status", "temperature", "priority", "campaign"] as const).map((field) =>
        choices[field]?.length ? (
          <fieldset key={field}>
            <legend className="mb-0.5 text-meta text-ink-2">{FILTER_WORDS[field]}</legend>
            <div className="grid grid-cols-2">
              {choices[field]?.map((c) => {
                const on = filters[field]?.includes(c.value) ?? false;
                return (
                  <label key={c.value} className="flex min-h-7 min-w-0 items-center gap-1">
                    <Checkbox
                      checked={on}
                      onValue={(next) =>
                        onFilters(
                          withFilter(
                            filters,
                            field,
                            single(field)
                              ? next
                                ? [c.value]
                                : []
                              : next
                                ? [...(filters[field] ?? []), c.value]
                                : (filters[field] ?? []).filter((v) => v !== c.value),
                          ),
                        )
                      }
                    />
                    <span className="truncate">{c.label}</span>
                  </label>
                );
              })}
            </div>
          </fieldset>
        ) : null,
      )}
      <div className="grid grid-cols-[72px_minmax(0,1fr)] items-center gap-2">
        <label htmlFor="filter-country" className="text-meta text-ink-2">
          {FILTER_WORDS.country}
        </label>
        <CountryInput
          id="filter-country"
          adds
          value=""
          className="!h-7"
          onValue={(code) => {
            if (code) onFilters(withFilter(filters, "country", [...new Set([...(filters.country ?? []), code])]));
          }}
        />
      </div>
      {TYPED.map((field) => (
        <form
          key={field}
          onSubmit={(e) => {
            e.preventDefault();
            const value = String(new FormData(e.currentTarget).get("value") ?? "").trim();
            if (!value) return;
            onFilters(withFilter(filters, field, [...new Set([...(filters[field] ?? []), value])]));
            e.currentTarget.reset();
          }}
          className="grid grid-cols-[72px_minmax(0,1fr)] items-center gap-2"
        >
          <label htmlFor={`filter-${field}`} className="text-meta text-ink-2">
            {FILTER_WORDS[field]}
          </label>
          <input
            id={`filter-${field}`}
            name="value"
            placeholder="Type, then Enter"
            maxLength={60}
            className={cx(inputStyle, "h-7")}
          />
        </form>
      ))}
      {segments.length ? (
        <div className="grid grid-cols-[72px_minmax(0,1fr)] items-center gap-2">
          <label htmlFor={id} className="text-meta text-ink-2">
            {FILTER_WORDS.segment}
          </label>
          <Select
            id={id}
            value={filters.segment?.[0] ?? ""}
            options={[{ value: "", label: "Any lead" }, ...segments.map((s) => ({ value: s.id, label: s.name }))]}
            onValue={(segment) => onFilters(withFilter(filters, "segment", segment ? [segment] : []))}
            className="w-full"
          />
        </div>
      ) : null}
      <div className="flex flex-wrap items-center justify-between gap-2 border-t pt-3">
        <Button size="sm" onClick={onRule}>
          Advanced filter
        </Button>
        <Link to="/segments" className="text-accent-ink hover:underline">
          Manage segments
        </Link>
      </div>
    </div>
  );
}
