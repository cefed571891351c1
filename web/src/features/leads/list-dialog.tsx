// The dialogs over the list that say what it shows: the advanced filter, the columns, a new view.
import { useState } from "react";
import type { SavedView, SegmentRule } from "@/api/types";
import { RuleDialog } from "@/app/rule/rule-dialog";
import { ColumnsDialog } from "./columns/columns-dialog";
import { DEFAULT_COLUMNS, type ListSearch, parseColumns, parseFilters, spellColumns, spellFilters } from "./model";
import { bulkFilter } from "./queries";
import { SegmentDialog } from "./segments/segment-dialog";
import { SaveView } from "./views/save-view";

export function ListDialog({
  what,
  search,
  view,
  mayMake,
  ownColumns,
  onOwnColumns,
  onShow,
  onView,
  onClose,
}: {
  what: "rule" | "columns" | "view";
  search: ListSearch;
  /** The saved view that is shown, perhaps with changes. */
  view?: SavedView;
  /** The permission without which no segment can be saved. */
  mayMake: boolean;
  /** The columns that the user has chosen for lists without columns of their own. */
  ownColumns?: string;
  onOwnColumns: (cols: string | undefined) => void;
  onShow: (next: Partial<ListSearch>) => void;
  onView: (id: string) => void;
  onClose: () => void;
}) {
  const [saving, setSaving] = useState<SegmentRule>();
  const filters = parseFilters(search.f);
  const shown = parseColumns(search.cols ?? ownColumns);
  if (saving)
    return (
      <SegmentDialog
        rule={saving}
        onClose={onClose}
        onSaved={({ id }) => onShow({ rule: undefined, f: spellFilters({ ...filters, segment: [id] }) })}
      />
    );
  switch (what) {
    case "rule":
      return (
        <RuleDialog
          rule={search.rule}
          within={bulkFilter({ q: search.q, filters })}
          mayMake={mayMake}
          onShow={(rule) => {
            onClose();
            onShow({ rule });
          }}
          onSegment={setSaving}
          onClose={onClose}
        />
      );
    case "columns":
      return (
        <ColumnsDialog
          columns={shown ?? DEFAULT_COLUMNS}
          where={view ? `Kept in the view ${view.name} when you save its changes.` : "Kept for you on this device."}
          onColumns={(names) => {
            if (!view && !search.cols) onOwnColumns(spellColumns(names));
            // In a view the usual columns are named, where they are not the user's own.
            else onShow({ cols: spellColumns(names ?? (ownColumns ? DEFAULT_COLUMNS : undefined)) });
          }}
          onClose={onClose}
        />
      );
    case "view":
      return (
        <SaveView
          search={{ ...search, cols: spellColumns(shown) }}
          onClose={onClose}
          onSaved={({ id }) => onView(id)}
        />
      );
  }
}
