// The bar of actions on the selected leads, docked at the foot.
import { useQuery } from "@tanstack/react-query";
import { Kanban, Merge, Tag, UserRound } from "lucide-react";
import { useRef } from "react";
import type { LeadStatus } from "@/api/types";
import { useCommands } from "@/app/commands/registry";
import { teamQuery } from "@/app/shared-queries";
import { type Selection, selectedCount } from "@/shared/grid/selection";
import { count } from "@/shared/lib/format";
import { stageOptions } from "@/shared/lib/stages";
import { Button } from "@/shared/ui/button";
import { Select } from "@/shared/ui/select";

const NOBODY = "nobody";

export function BulkBar({
  selection,
  total,
  onAll,
  onClear,
  onEnrol,
  onWrite,
  onFill,
  onStage,
  onAssign,
  onTag,
  onMerge,
  onDelete,
  onField,
  busy,
}: {
  selection: Selection;
  total: number;
  onAll: () => void;
  onClear: () => void;
  onEnrol: () => void;
  onWrite: () => void;
  /** Fills columns for the leads. */
  onFill: () => void;
  onStage: (status: LeadStatus) => void;
  onAssign: (owner: string | null, name: string) => void;
  onTag: () => void;
  /** Only while as many leads are ticked as one merge takes. */
  onMerge?: () => void;
  /** Only for those who may delete leads. */
  onDelete?: () => void;
  onField: () => void;
  busy: boolean;
}) {
  const n = selectedCount(selection);
  const team = useQuery(teamQuery).data?.items.filter((m) => !m.disabled) ?? [];
  const owners = [{ value: NOBODY, label: "Unassigned" }, ...team.map((m) => ({ value: m.id, label: m.name }))];
  const owner = useRef<HTMLSelectElement>(null);
  const stage = useRef<HTMLSelectElement>(null);
  useCommands([
    { id: "bulk-tag", title: "Tag selected leads", group: "This page", keys: "t", icon: Tag, run: onTag },
    {
      id: "bulk-stage",
      title: "Move selected leads to a stage",
      also: "won lost status",
      group: "This page",
      keys: "s",
      icon: Kanban,
      run: () => stage.current?.focus(),
    },
    {
      id: "bulk-assign",
      title: "Assign selected leads",
      also: "owner",
      group: "This page",
      keys: "a",
      icon: UserRound,
      run: () => owner.current?.focus(),
    },
    ...(onMerge
      ? [
          {
            id: "bulk-merge",
            title: `Merge ${count(n)} leads`,
            also: "duplicates same person",
            group: "This page" as const,
            icon: Merge,
            run: onMerge,
          },
        ]
      : []),
  ]);
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
        ref={stage}
        aria-label="Move selected leads to a stage"
        value=""
        placeholder="Move to stage"
        bare
        disabled={busy}
        options={stageOptions()}
        onValue={(v) => onStage(v as LeadStatus)}
        className="w-37.5"
      />
      <Select
        ref={owner}
        aria-label="Assign selected leads to an owner"
        value=""
        placeholder="Assign to"
        bare
        disabled={busy}
        options={owners}
        onValue={(id) => {
          const chosen = owners.find((o) => o.value === id);
          onAssign(id === NOBODY ? null : id, chosen?.label ?? "");
        }}
        className="w-32.5"
      />
      <Button hint="T" onClick={onTag} disabled={busy}>
        Tag
      </Button>
      <Button onClick={onField} disabled={busy}>
        Set field
      </Button>
      <Button hint="Q" onClick={onEnrol} disabled={busy}>
        Enrol
      </Button>
      <Button onClick={onWrite} disabled={busy}>
        Send a message
      </Button>
      <Button onClick={onFill} disabled={busy}>
        Fill columns
      </Button>
      {onMerge ? (
        <Button onClick={onMerge} disabled={busy}>
          Merge
        </Button>
      ) : null}
      {onDelete ? (
        <Button hint="#" onClick={onDelete} disabled={busy}>
          Delete
        </Button>
      ) : null}
      <Button kind="quiet" hint="Esc" onClick={onClear}>
        Clear
      </Button>
    </section>
  );
}
