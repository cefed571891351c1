// Badges and dots: state in a word, never in colour alone.
import { cva, type VariantProps } from "class-variance-authority";
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";

const badgeStyle = cva(
  "inline-flex align-middle h-5 max-w-full items-center gap-1 whitespace-nowrap rounded-key px-1.5 text-meta font-medium max-sm:h-6",
  {
    variants: {
      tone: {
        plain: "border border-line bg-raised text-ink-2",
        accent: "bg-accent-soft text-accent-ink",
        hot: "bg-hot-soft text-hot-ink",
        warm: "bg-warm-soft text-warm-ink",
        cold: "bg-cold-soft text-cold-ink",
        good: "bg-good-soft text-good-ink",
        bad: "bg-bad-soft text-bad-ink",
        held: "hatch text-held-ink",
        uncertain: "border border-dashed border-held text-held-ink",
      },
    },
    defaultVariants: { tone: "plain" },
  },
);

export type Tone = NonNullable<VariantProps<typeof badgeStyle>["tone"]>;

export function Badge({
  tone,
  icon,
  children,
  className,
}: {
  tone?: Tone;
  icon?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span className={cx(badgeStyle({ tone }), className)}>
      {icon}
      <span className="truncate">{children}</span>
    </span>
  );
}

const DOT = {
  good: "rounded-full bg-good",
  open: "rounded-full border-[1.5px] border-edge",
  ramp: "rounded-full border-[1.5px] border-good",
  bad: "rounded-[1px] bg-bad",
  held: "rounded-full border-[1.5px] border-held",
  wait: "rounded-full border-[1.5px] border-dashed border-held",
  done: "rounded-full bg-ink-2",
  accent: "rounded-full bg-accent",
} as const;

export type DotTone = keyof typeof DOT;

export function State({ tone, children, className }: { tone: DotTone; children: ReactNode; className?: string }) {
  return (
    <span className={cx("inline-flex items-center gap-1.5 whitespace-nowrap", className)}>
      <span aria-hidden="true" className={cx("inline-block size-2 shrink-0", DOT[tone])} />
      {children}
    </span>
  );
}
