// A key cap. Hints are hidden on phones and when switched off.
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";

export function Key({ children, on, className }: { children: ReactNode; on?: boolean; className?: string }) {
  return (
    <kbd
      aria-hidden="true"
      className={cx(
        "key-hint inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-key border px-1 font-sans text-chart font-normal max-sm:hidden",
        on ? "border-current/40 text-current" : "border-line bg-surface text-ink-3",
        className,
      )}
    >
      {children}
    </kbd>
  );
}
