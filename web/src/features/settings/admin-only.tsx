// What only an admin changes, for the others to read.
import type { ReactNode } from "react";
import { useMay } from "@/app/auth/use-may";
import { cx } from "@/shared/lib/cx";

export function AdminOnly({ children, className }: { children: ReactNode; className?: string }) {
  if (useMay("admin")) return children;
  return (
    <>
      <p className={cx("pt-4 text-ink-2", className)}>An admin changes this.</p>
      <fieldset disabled className="contents">
        {children}
      </fieldset>
    </>
  );
}
