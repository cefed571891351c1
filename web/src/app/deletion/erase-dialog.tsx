// Erases a lead for good: it cannot be undone, so it needs a confirmation.
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { toast } from "@/shared/ui/toast";
import { useDeletion } from "./deletion";

export function EraseDialog({
  lead,
  onClose,
  onDone,
}: {
  lead: { id: string; name: string };
  onClose: () => void;
  onDone?: () => void;
}) {
  const { erase } = useDeletion();
  return (
    <ConfirmDialog
      title={`Erase ${lead.name} now?`}
      yes="Erase 1 lead"
      no="Keep"
      busy={erase.isPending}
      error={erase.error}
      onYes={() =>
        erase.mutate(lead.id, {
          onSuccess: () => {
            onClose();
            onDone?.();
            toast(`Erased ${lead.name}`);
          },
        })
      }
      onClose={onClose}
    >
      Everything stored about {lead.name} goes for good: messages, notes, tasks and files. An opt-out stays on the
      suppression list.
    </ConfirmDialog>
  );
}
