// A key cap. Hints are hidden on phones and when switched off.
import { cx } from "@/shared/lib/cx";

/** Drawn, not written: it is no part of what the button beside it is called. */
export function Key({ children, on, className }: { children: string | number; on?: boolean; className?: string }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a key cap takes no focus
    <kbd
      aria-hidden="true"
      data-cap={children}
      className={cx(
        "key-hint inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-key border px-1 font-sans text-chart font-normal before:content-[attr(data-cap)] max-sm:hidden",
        on ? "border-current/40 text-current" : "border-line bg-surface text-ink-3",
        className,
      )}
    />
  );
}
