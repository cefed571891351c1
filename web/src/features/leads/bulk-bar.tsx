// What can be done with the ticked leads, docked at the foot.
import type { LeadStatus } from "@/api/types";
import { type Selection, selectedCount } from "@/shared/grid/selection";
import { count } from "@/shared/lib/format";
import { STATUS_OPTIONS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { Select } from "@/shared/ui/select";

export function BulkBar({
  selection,
  total,
  onAll,
  onClear,
  onEnrol,
  onWrite,
  onStage,
  busy,
}: {
  selection: Selection;
  total: number;
  onAll: () => void;
  onClear: () => void;
  onEnrol: () => void;
  onWrite: () => void;
  onStage: (status: LeadStatus) => void;
  busy: boolean;
}) {
  const n = selectedCount(selection);
  return (
    <section
      aria-label="Selected leads"
      className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-t bg-surface px-6 py-1.5 max-lg:px-4"
    >
      <span>
        <strong className="font-semibold">{count(n)} selected</strong>{" "}
        <span className="text-ink-2">of {count(total)}</span>
      </span>
      {n < total ? (
        <Button kind="link" size="sm" onClick={onAll}>
          Select all {count(total)}
        </Button>
      ) : null}
      <span className="h-5 border-l" />
      <Select
        aria-label="Move the selected leads to a stage"
        value=""
        placeholder="Move to stage"
        bare
        disabled={busy}
        options={STATUS_OPTIONS}
        onValue={(v) => onStage(v as LeadStatus)}
        className="w-[150px]"
      />
      <Button hint="Q" onClick={onEnrol} disabled={busy}>
        Enrol
      </Button>
      <Button onClick={onWrite} disabled={busy}>
        Write to them
      </Button>
      <Button kind="quiet" hint="Esc" onClick={onClear}>
        Clear
      </Button>
    </section>
  );
}
