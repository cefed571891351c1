// A person as two letters.
import { cx } from "@/shared/lib/cx";
import { initials } from "@/shared/lib/format";

export function Avatar({ name, me, className }: { name: string; me?: boolean; className?: string }) {
  return (
    <span
      title={name}
      className={cx(
        "inline-flex size-5.5 shrink-0 items-center justify-center rounded-full text-[10px] font-semibold",
        me ? "bg-accent-soft text-accent-ink" : "bg-sunken text-ink-2",
        className,
      )}
    >
      <span aria-hidden="true">{initials(name)}</span>
      <span className="sr-only">{name}</span>
    </span>
  );
}
