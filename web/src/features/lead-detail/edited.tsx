// A fact of a lead that is edited in its place.
import type { ReactNode } from "react";
import { EditCell } from "@/shared/grid/edit-cell";

/** A fact that is edited in its place by whoever may. */
export function Edited({
  onSave,
  children,
  ...cell
}: {
  label: string;
  value: string;
  said?: string;
  lines?: boolean;
  onSave?: (next: string) => void;
  children?: ReactNode;
}) {
  if (!onSave) return children ?? <span className="text-ink-3">–</span>;
  return (
    <EditCell {...cell} className="whitespace-normal [overflow-wrap:anywhere]" onSave={onSave}>
      {children}
    </EditCell>
  );
}
