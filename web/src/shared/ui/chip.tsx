// A filter as a chip: field muted, operator, value, and a way to drop it.
import { X } from "lucide-react";

export function Chip({
  field,
  op,
  value,
  onRemove,
}: {
  field: string;
  op?: string;
  value: string;
  onRemove?: () => void;
}) {
  return (
    <span className="inline-flex h-control-sm shrink-0 items-center gap-1 whitespace-nowrap rounded-control border border-line bg-raised pl-2 max-sm:h-9">
      <span className="text-ink-2">
        {field}
        {op ? ` ${op}` : ""}
      </span>
      <span title={value} className="max-w-60 truncate font-medium">
        {value}
      </span>
      {onRemove ? (
        <button
          type="button"
          aria-label={`Remove filter ${field} ${value}`}
          onClick={onRemove}
          className="flex size-6 items-center justify-center rounded-control text-ink-2 hover:bg-sunken hover:text-ink"
        >
          <X size={13} />
        </button>
      ) : (
        <span className="w-1" />
      )}
    </span>
  );
}
