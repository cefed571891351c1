// Settings that only some roles may change, shown read-only to the others.
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";
import { useMay } from "./use-may";

const WORDS = { rep: "Ask a rep to change this.", admin: "Ask an admin to change this." };

export function ChangedBy({
  who,
  children,
  className,
}: {
  who: keyof typeof WORDS;
  children: ReactNode;
  className?: string;
}) {
  if (useMay(who)) return children;
  return (
    <>
      <p className={cx("text-ink-2", className)}>{WORDS[who]}</p>
      <fieldset disabled className="contents">
        {children}
      </fieldset>
    </>
  );
}
