// A tick box and a switch, both real inputs.
import { Check, Minus } from "lucide-react";
import type { InputHTMLAttributes, ReactNode } from "react";
import { useEffect, useRef } from "react";
import { cx } from "@/shared/lib/cx";

export interface CheckboxProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "type" | "onChange"> {
  checked: boolean;
  mixed?: boolean;
  onValue: (checked: boolean) => void;
}

export function Checkbox({ checked, mixed, onValue, className, ...rest }: CheckboxProps) {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (ref.current) ref.current.indeterminate = !!mixed;
  }, [mixed]);
  return (
    <span className={cx("relative inline-flex size-6 shrink-0 items-center justify-center", className)}>
      <input
        ref={ref}
        type="checkbox"
        checked={checked}
        onChange={(e) => onValue(e.target.checked)}
        className="peer absolute inset-0 m-0 size-6 cursor-default appearance-none rounded-control"
        {...rest}
      />
      <span
        aria-hidden="true"
        className={cx(
          "pointer-events-none flex size-[15px] items-center justify-center rounded-key border",
          checked || mixed ? "border-accent bg-accent text-on-accent" : "border-edge bg-raised",
        )}
      >
        {mixed ? <Minus size={11} strokeWidth={3} /> : checked ? <Check size={11} strokeWidth={3} /> : null}
      </span>
    </span>
  );
}

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
      <span className="relative mt-0.5 inline-flex h-[18px] w-8 shrink-0">
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
            "pointer-events-none h-[18px] w-8 rounded-full border p-[2px] transition-colors duration-80",
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
