// The leads that were merged into this one, each with the way back while there is one.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type LeadMerge, mergesQuery, useUnmerge } from "@/app/merge/unmerge";
import { teamQuery } from "@/app/shared-queries";
import { day, phone, when } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Bar, Loaded } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";
import type { LeadDetail } from "./queries";

export function MergedLeads({ lead, may }: { lead: LeadDetail; may: boolean }) {
  const query = useQuery(mergesQuery(lead.id));
  const team = useQuery(teamQuery).data?.items ?? [];
  const [undoing, setUndoing] = useState<LeadMerge>();
  const by = (merge: LeadMerge) =>
    team.find((member) => member.id === merge.merged_by)?.name ?? merge.merged_by_program ?? undefined;
  return (
    <>
      <Loaded query={query} what="Merged leads" loading={<Coming rows={lead.merged ?? 1} />}>
        {({ items }) => (
          <ul className="space-y-2">
            {items.map((merge) => (
              <li key={merge.lead} className="flex flex-wrap items-start gap-x-3 gap-y-1">
                <span className="min-w-0 flex-1 basis-40 [overflow-wrap:anywhere]">
                  <span className="block font-medium">{merge.name}</span>
                  {merge.email ? <span className="block text-meta text-ink-2">{merge.email}</span> : null}
                  {merge.phone ? <span className="block text-meta text-ink-2">{phone(merge.phone)}</span> : null}
                  <span className="block text-meta text-ink-2">
                    Merged {when(merge.merged_at)}
                    {by(merge) ? ` by ${by(merge)}` : ""}, {wayBack(merge)}
                  </span>
                </span>
                {may && merge.can_undo ? (
                  <Button size="sm" aria-label={`Undo merge: ${merge.name}`} onClick={() => setUndoing(merge)}>
                    Undo merge
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {undoing ? <UndoMerge lead={lead} merge={undoing} onClose={() => setUndoing(undefined)} /> : null}
    </>
  );
}

/** Whether and until when the merge can be undone. */
function wayBack(merge: LeadMerge): string {
  if (merge.can_undo) return `can be undone until ${day(merge.undo_until)}`;
  return Date.parse(merge.undo_until) > Date.now()
    ? "can be undone once the later merge is"
    : "can no longer be undone";
}

function Coming({ rows }: { rows: number }) {
  return (
    <div role="status" aria-label="Loading merged leads">
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="flex h-14 flex-col justify-center gap-2">
          <Bar className="w-32" />
          <Bar className="w-44" />
        </div>
      ))}
    </div>
  );
}

function UndoMerge({ lead, merge, onClose }: { lead: LeadDetail; merge: LeadMerge; onClose: () => void }) {
  const unmerge = useUnmerge();
  // Told even when nothing is left to show here: then this is no longer part of the page.
  const undo = async () => {
    const { parted } = await unmerge.mutateAsync({ into: lead.id, lead: merge.lead });
    onClose();
    toast(`${parted.name} is a lead of its own again`);
  };
  return (
    <ConfirmDialog
      title={`Undo the merge of ${merge.name}?`}
      yes="Undo merge"
      kind="primary"
      busy={unmerge.isPending}
      error={unmerge.error}
      onYes={() =>
        void undo().catch(() => {
          // The dialog shows the error.
        })
      }
      onClose={onClose}
    >
      {merge.name} is a lead of its own again. {lead.name} gets its own fields back where they were not changed since.
      Messages stay with the lead they were sent to; sequences stay ended; what one opted out of, neither gets.
    </ConfirmDialog>
  );
}
