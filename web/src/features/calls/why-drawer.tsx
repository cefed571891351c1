// Why a row stands where it does: the parts of its value.
import { Drawer } from "@/shared/ui/dialog";
import type { QueueRow } from "./queries";

const signed = (points: number) => (points < 0 ? `−${-points}` : `+${points}`);

export function WhyDrawer({ open, row, onClose }: { open: boolean; row: QueueRow; onClose: () => void }) {
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title="Why this order"
      description={`${row.lead_name}: ${row.value} points. The highest comes first.`}
    >
      <ul className="divide-y border-y">
        {row.parts.map((part) => (
          <li key={part.label} className="flex items-baseline justify-between gap-3 py-2">
            <span>{part.label}</span>
            <span className="font-medium">{signed(part.points)}</span>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}
