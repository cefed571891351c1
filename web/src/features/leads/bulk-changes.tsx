// The changes of the selected leads: the bar of actions, its dialogs, and what is sent.
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type BulkAction, useBulk, type Whom } from "@/app/enrol/queries";
import { MOST_LEADS } from "@/app/merge/limits";
import { stageChange } from "@/app/stages/lost-reason";
import { NOTHING, type Selection, selectAll, selectedCount } from "@/shared/grid/selection";
import { plural } from "@/shared/lib/format";
import { stageWord } from "@/shared/lib/stages";
import { toast, toastProblem } from "@/shared/ui/toast";
import { BulkBar } from "./bulk-bar";
import { BulkField } from "./bulk-field";
import { BulkTag } from "./bulk-tag";

export function BulkChanges({
  selection,
  total,
  busy,
  whom,
  onSelection,
  onEnrol,
  onWrite,
  onFill,
  onDelete,
}: {
  selection: Selection;
  total: number;
  busy: boolean;
  whom: () => Whom;
  onSelection: (selection: Selection) => void;
  onEnrol: () => void;
  onWrite: () => void;
  onFill: () => void;
  /** Only for those who may delete leads. */
  onDelete?: () => void;
}) {
  const [open, setOpen] = useState<"tag" | "field">();
  const close = () => setOpen(undefined);
  const picked = selectedCount(selection);
  const bulk = useBulk();
  const navigate = useNavigate();
  const ticked = selection.kind === "some" ? [...selection.ids] : [];
  /** `said`: the toast's text for the number of changed leads. */
  const change = async (action: BulkAction, said: (leads: string) => string, failed: string) => {
    close();
    try {
      const done = await bulk.mutateAsync({ whom: whom(), action });
      toast(
        `${said(plural(done.changed, "lead"))}${done.skipped.length ? `, ${done.skipped.length} unchanged` : ""}`,
        done.undo.length
          ? {
              undo: async () => {
                // A group that is refused keeps no other from going back.
                let refused: unknown;
                for (const { ids, action } of done.undo)
                  await bulk.mutateAsync({ whom: { ids }, action }).catch((error) => {
                    refused = error;
                  });
                if (refused) toastProblem("Could not take the change back for all leads", refused);
              },
            }
          : {},
      );
      onSelection(NOTHING);
    } catch (error) {
      toastProblem(failed, error);
    }
  };
  return (
    <>
      <BulkBar
        selection={selection}
        total={total}
        busy={busy || bulk.isPending}
        onAll={() => onSelection(selectAll(total))}
        onClear={() => onSelection(NOTHING)}
        onEnrol={onEnrol}
        onWrite={onWrite}
        onFill={onFill}
        onStage={(status) =>
          void stageChange(status, plural(picked, "lead")).then(
            (to) =>
              to &&
              change(
                { do: "status", ...to },
                (leads) => `Moved ${leads} to ${stageWord(status)}`,
                "Could not move the leads",
              ),
          )
        }
        onAssign={(owner, name) =>
          void change(
            { do: "assign", owner },
            (leads) => (owner ? `Assigned ${leads} to ${name}` : `Unassigned ${leads}`),
            "Could not assign the leads",
          )
        }
        onTag={() => setOpen("tag")}
        onField={() => setOpen("field")}
        onMerge={
          ticked.length > 1 && ticked.length <= MOST_LEADS
            ? () => void navigate({ to: "/leads/merge", search: { ids: ticked.join() } })
            : undefined
        }
        onDelete={onDelete}
      />
      <BulkTag
        open={open === "tag"}
        count={picked}
        onClose={close}
        onTag={(tags, on) =>
          void change(
            { do: "tag", add: on ? tags : [], remove: on ? [] : tags },
            (leads) => (on ? `Tagged ${leads} ${tags.join(", ")}` : `Removed ${tags.join(", ")} from ${leads}`),
            "Could not change the tags",
          )
        }
      />
      <BulkField
        open={open === "field"}
        count={picked}
        onClose={close}
        onFill={(field, value) =>
          void change(
            { do: "fill", field: field.key, value },
            (leads) => (value ? `Set ${field.label} of ${leads} to ${value}` : `Cleared ${field.label} of ${leads}`),
            `Could not set ${field.label}`,
          )
        }
      />
    </>
  );
}
