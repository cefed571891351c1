// A switch with its label, which takes effect at once or with the form around it. A real input, like the checkbox.
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";

export function Switch({
  checked,
  onValue,
  label,
  note,
  disabled,
}: {
  checked: boolean;
  onValue: (on: boolean) => void;
  label: ReactNode;
  note?: ReactNode;
  disabled?: boolean;
}) {
  return (
    <label className="flex items-start gap-3 py-1">
      <span className="relative mt-0.5 inline-flex h-4.5 w-8 shrink-0">
        <input
          type="checkbox"
          role="switch"
          aria-checked={checked}
          checked={checked}
          disabled={disabled}
          onChange={(e) => onValue(e.target.checked)}
          className="peer absolute -inset-[3px] m-0 h-6 w-[38px] cursor-default appearance-none rounded-full"
        />
        <span
          aria-hidden="true"
          className={cx(
            "pointer-events-none h-4.5 w-8 rounded-full border p-[2px] transition-colors duration-80",
            checked ? "border-accent bg-accent" : "border-edge bg-raised",
            disabled && "opacity-50",
          )}
        >
          <span className={cx("block size-3 rounded-full", checked ? "translate-x-[14px] bg-on-accent" : "bg-edge")} />
        </span>
      </span>
      <span className="min-w-0">
        <span className="font-medium">{label}</span>
        {note ? <span className="block text-ink-2">{note}</span> : null}
      </span>
    </label>
  );
}
