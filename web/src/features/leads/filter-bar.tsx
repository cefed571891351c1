// Filters as chips, the way to add one, the search field, and the way to choose the fields that are shown.

import { Columns3, ListFilter, Search, X } from "lucide-react";
import { useState } from "react";
import type { SegmentRule } from "@/api/types";
import { useCampaignNames } from "@/app/enrol/queries";
import { RuleChip } from "@/app/rule/rule-chip";
import { useSegmentName } from "@/app/segments/queries";
import { inputStyle } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { useSearchText } from "@/shared/lib/hooks";
import { useKeys } from "@/shared/lib/keyboard";
import { FILTER_WORDS, type FilterField } from "@/shared/lib/lead-fields";
import { Button } from "@/shared/ui/button";
import { Chip } from "@/shared/ui/chip";
import { Key } from "@/shared/ui/key";
import { Popover } from "@/shared/ui/menu";
import { Segmented } from "@/shared/ui/tabs";
import { FilterForm } from "./filter-form";
import { type Filters, valueWord, withFilter } from "./model";

export function FilterBar({
  filters,
  onFilters,
  q,
  onSearch,
  rule,
  onRule,
  layout,
  onLayout,
  onColumns,
  total,
}: {
  filters: Filters;
  onFilters: (f: Filters) => void;
  q: string;
  onSearch: (q: string) => void;
  rule?: SegmentRule;
  /** Opens the rule for editing, or drops it. */
  onRule: (to: "edit" | "drop") => void;
  layout?: "board";
  onLayout: (layout: "board" | undefined) => void;
  onColumns: () => void;
  total: string;
}) {
  const campaigns = useCampaignNames();
  const segmentName = useSegmentName(!!filters.segment);
  const [open, setOpen] = useState(false);
  const { text, setText, askNow } = useSearchText(q, onSearch);
  useKeys({ f: () => setOpen(true) });
  return (
    <div className="no-scrollbar flex min-h-row-field shrink-0 items-center gap-2 overflow-x-auto border-b px-6 py-2 max-lg:px-4">
      {(Object.entries(filters) as [FilterField, string[]][]).map(([field, values]) => (
        <Chip
          key={field}
          field={FILTER_WORDS[field]}
          op="is"
          value={values.map((v) => (field === "segment" ? segmentName(v) : valueWord(field, v, campaigns))).join(", ")}
          onRemove={() => onFilters(withFilter(filters, field, []))}
        />
      ))}
      {rule ? <RuleChip rule={rule} onEdit={() => onRule("edit")} onRemove={() => onRule("drop")} /> : null}
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
        <FilterForm
          filters={filters}
          onFilters={onFilters}
          onRule={() => {
            setOpen(false);
            onRule("edit");
          }}
          campaigns={campaigns}
        />
      </Popover>
      <span className="relative ml-1 w-50 shrink-0 max-sm:w-auto max-sm:min-w-24 max-sm:flex-1">
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
            onClick={() => askNow("")}
            className="absolute top-1/2 right-1 flex size-6 -translate-y-1/2 items-center justify-center text-ink-2"
          >
            <X size={13} />
          </Button>
        ) : null}
      </span>
      {/* On a phone it stands in the title. */}
      <span className="ml-auto shrink-0 pl-3 text-ink-2 max-sm:hidden">{total}</span>
      <span className="shrink-0">
        <Segmented
          label="Layout"
          value={layout ?? "table"}
          items={[
            { id: "table", label: "Table" },
            { id: "board", label: "Board" },
          ]}
          onChange={(id) => onLayout(id === "board" ? id : undefined)}
        />
      </span>
      <Button size="sm" className="max-sm:hidden" disabled={!!layout} icon={<Columns3 size={14} />} onClick={onColumns}>
        Fields shown
      </Button>
    </div>
  );
}
