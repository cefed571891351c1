// A choice of one. The native control on purpose: it is quick, known, and good on phones.
import { ChevronDown } from "lucide-react";
import type { KeyboardEvent, Ref, SelectHTMLAttributes } from "react";
import { cx } from "@/shared/lib/cx";

export interface Option<T extends string = string> {
  value: T;
  label: string;
  disabled?: boolean;
}

export interface SelectProps<T extends string>
  extends Omit<SelectHTMLAttributes<HTMLSelectElement>, "value" | "onChange"> {
  value: T | "";
  options: readonly Option<T>[];
  onValue: (value: T) => void;
  placeholder?: string;
  /** Its choice acts at once, outside any form. */
  bare?: boolean;
  ref?: Ref<HTMLSelectElement>;
}

/**
 * Opens the list of a choice that acts at once. On a closed list, an arrow or a letter would already choose: the first
 * arrow would act, and no key would reach the second option.
 */
export function openList(e: KeyboardEvent<HTMLSelectElement>) {
  const chooses = e.key === "ArrowUp" || e.key === "ArrowDown" || (e.key.length === 1 && e.key !== " ");
  if (!chooses || e.ctrlKey || e.metaKey || e.altKey || !e.currentTarget.showPicker) return;
  e.preventDefault();
  e.currentTarget.showPicker();
}

export function Select<T extends string>({
  value,
  options,
  onValue,
  placeholder,
  bare,
  className,
  ...rest
}: SelectProps<T>) {
  return (
    <span className={cx("relative inline-flex min-w-0", className)}>
      <select
        value={value}
        onChange={(e) => onValue(e.target.value as T)}
        onKeyDown={bare ? openList : undefined}
        className={cx(
          "w-full min-w-0 appearance-none truncate rounded-control bg-raised pr-7 pl-2.5 text-ink disabled:opacity-60",
          "h-control max-sm:h-11",
          bare ? "border border-line font-medium" : "border border-edge aria-[invalid=true]:border-bad",
        )}
        {...rest}
      >
        {placeholder !== undefined ? (
          <option value="" disabled={!!value}>
            {placeholder}
          </option>
        ) : null}
        {options.map((o) => (
          <option key={o.value} value={o.value} disabled={o.disabled}>
            {o.label}
          </option>
        ))}
      </select>
      <ChevronDown
        size={14}
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 text-ink-2"
      />
    </span>
  );
}
