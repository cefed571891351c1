// A row of a list on a touch screen that does something when a finger pulls it aside. What a swipe does is also to be had by a
// tap on what the row opens: a finger that cannot swipe misses nothing.
import type { LucideIcon } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useSwipeable } from "react-swipeable";
import { cx } from "@/shared/lib/cx";
import { swipeOf } from "@/shared/lib/swipe";
import { swipeHint } from "./swipe-hint";

export interface SwipeAction {
  label: string;
  icon: LucideIcon;
  run: () => void;
}

/** How far a row follows the finger, in CSS pixels. */
const FARTHEST = 128;

export function SwipeRow({
  left,
  right,
  className,
  children,
}: {
  /** What a pull to the left does. */
  left?: SwipeAction;
  /** What a pull to the right does. */
  right?: SwipeAction;
  className?: string;
  children: ReactNode;
}) {
  const [pulled, setPulled] = useState(0);
  const can = { left: !!left, right: !!right };
  const swiped = useSwipeable({
    onSwiping: (e) => {
      // A finger that scrolls the list pulls no row.
      if (e.dir !== "Left" && e.dir !== "Right") return;
      setPulled(Math.max(left ? -FARTHEST : 0, Math.min(right ? FARTHEST : 0, e.deltaX)));
    },
    onSwiped: (e) => {
      setPulled(0);
      const direction = swipeOf(e.deltaX, e.deltaY, can);
      if (direction) swipeHint.set("known");
      if (direction === "left") left?.run();
      if (direction === "right") right?.run();
    },
  });
  const shown = pulled > 0 ? right : pulled < 0 ? left : undefined;
  const armed = !!swipeOf(pulled, 0, can);
  return (
    <div {...swiped} className={cx("relative touch-pan-y overflow-hidden", className)}>
      {shown ? (
        <div
          aria-hidden="true"
          className={cx(
            "absolute inset-0 flex items-center gap-2 px-4 font-medium",
            pulled < 0 && "justify-end",
            armed ? "bg-accent-soft text-accent-ink" : "bg-sunken text-ink-2",
          )}
        >
          <shown.icon size={18} /> {shown.label}
        </div>
      ) : null}
      <div
        className={cx("relative h-full", pulled ? "bg-surface" : "motion-safe:transition-transform")}
        style={pulled ? { transform: `translateX(${pulled}px)` } : undefined}
      >
        {children}
      </div>
    </div>
  );
}
