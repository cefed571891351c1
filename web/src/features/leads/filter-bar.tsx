// Filters as chips, the way to add one, and the search field.
import { ListFilter, Search, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useCampaignNames } from "@/app/enrol/queries";
import { inputStyle } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { useDelayed } from "@/shared/lib/hooks";
import { useKeys } from "@/shared/lib/keyboard";
import { STATUS_OPTIONS } from "@/shared/lib/labels";
import { FILTER_WORDS, type FilterField, LIST_FILTERS } from "@/shared/lib/lead-fields";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Chip } from "@/shared/ui/chip";
import { Key } from "@/shared/ui/key";
import { Popover } from "@/shared/ui/menu";
import { type Filters, valueWord, withFilter } from "./model";

export function FilterBar({
  filters,
  onFilters,
  q,
  onSearch,
  total,
}: {
  filters: Filters;
  onFilters: (f: Filters) => void;
  q: string;
  onSearch: (q: string) => void;
  total: string;
}) {
  const campaigns = useCampaignNames();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState(q);
  const asked = useDelayed(text, 200);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing asks
  useEffect(() => {
    if (asked !== q) onSearch(asked);
  }, [asked]);
  useEffect(() => setText(q), [q]);
  useKeys({ f: () => setOpen(true) });
  return (
    <div className="no-scrollbar flex min-h-row-field shrink-0 items-center gap-2 overflow-x-auto border-b px-6 py-2 max-lg:px-4">
      {(Object.entries(filters) as [FilterField, string[]][]).map(([field, values]) => (
        <Chip
          key={field}
          field={FILTER_WORDS[field]}
          op="is"
          value={values.map((v) => valueWord(field, v, campaigns)).join(", ")}
          onRemove={() => onFilters(withFilter(filters, field, []))}
        />
      ))}
      <Popover
        title="Filter"
        open={open}
        onOpenChange={setOpen}
        align="start"
        className="w-75 p-3"
        trigger={
          <Button
            kind="bare"
            className="flex h-control-sm shrink-0 items-center gap-1.5 rounded-control border border-edge border-dashed px-2 hover:bg-sunken max-sm:h-9"
          >
            <ListFilter size={14} aria-hidden="true" /> Filter <Key>F</Key>
          </Button>
        }
      >
        <FilterForm filters={filters} onFilters={onFilters} campaigns={campaigns} />
      </Popover>
      <span className="relative ml-1 w-50 shrink-0 max-sm:w-37.5">
        <Search size={14} aria-hidden="true" className="absolute top-1/2 left-2 -translate-y-1/2 text-ink-2" />
        <input
          type="search"
          aria-label="Search leads"
          placeholder="Name, company, e-mail"
          value={text}
          onChange={(e) => setText(e.target.value)}
          className={cx(inputStyle, "h-segment border-line pl-7 max-sm:h-9 [&::-webkit-search-cancel-button]:hidden")}
        />
        {text ? (
          <Button
            kind="bare"
            aria-label="Clear search"
            onClick={() => {
              setText("");
              onSearch("");
            }}
            className="absolute top-1/2 right-1 flex size-6 -translate-y-1/2 items-center justify-center text-ink-2"
          >
            <X size={13} />
          </Button>
        ) : null}
      </span>
      <span className="ml-auto shrink-0 pl-3 text-ink-2">{total}</span>
    </div>
  );
}

const CHOICES: Partial<Record<FilterField, { value: string; label: string }[]>> = {
  status: STATUS_OPTIONS,
  temperature: ["hot", "warm", "cold"].map((value) => ({ value, label: valueWord("temperature", value) })),
  priority: [{ value: "high", label: "High" }],
};

/** The filters whose values are typed in. */
const TYPED = LIST_FILTERS.filter((field) => !CHOICES[field]);

function FilterForm({
  filters,
  onFilters,
  campaigns,
}: {
  filters: Filters;
  onFilters: (f: Filters) => void;
  campaigns: Record<string, string>;
}) {
  const choices = { ...CHOICES, campaign: Object.entries(campaigns).map(([value, label]) => ({ value, label })) };
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
      {TYPED.map((field) => (
        <form
          key={field}
          onSubmit={(e) => {
            e.preventDefault();
            const value = String(new FormData(e.currentTarget).get("value") ?? "").trim();
            if (!value) return;
            onFilters(
              withFilter(filters, field, [
                ...new Set([...(filters[field] ?? []), field === "country" ? value.toUpperCase() : value]),
              ]),
            );
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
            placeholder={field === "country" ? "Two letters, then Enter" : "Type, then Enter"}
            maxLength={field === "country" ? 2 : 60}
            className={cx(inputStyle, "h-7")}
          />
        </form>
      ))}
    </div>
  );
}
