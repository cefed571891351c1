// Moves a card without dragging it: the stages as buttons.
import type { LeadRow, LeadStatus } from "@/api/types";
import type { Stage } from "@/shared/lib/stages";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";

export function MoveDialog({
  lead,
  stages,
  onMove,
  onClose,
}: {
  lead: LeadRow;
  stages: readonly Stage[];
  onMove: (stage: LeadStatus) => void;
  onClose: () => void;
}) {
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Move ${lead.name} to`}
      footer={
        <Button kind="quiet" onClick={onClose}>
          Cancel
        </Button>
      }
    >
      <ul aria-label="Stages" className="space-y-1">
        {stages.map(({ id, name }) => (
          <li key={id}>
            <Button className="w-full justify-start" disabled={id === lead.status} onClick={() => onMove(id)}>
              {name}
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
