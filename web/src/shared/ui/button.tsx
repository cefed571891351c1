// Buttons: primary, outline, quiet, danger. A control shows its key.
import { cva, type VariantProps } from "class-variance-authority";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { cx } from "@/shared/lib/cx";
import { Key } from "./key";

export const buttonStyle = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-control border font-medium transition-colors duration-80 disabled:opacity-50 aria-disabled:opacity-50",
  {
    variants: {
      kind: {
        primary: "border-accent bg-accent text-on-accent hover:border-accent-ink hover:bg-accent-ink",
        outline: "border-line bg-raised text-ink hover:bg-sunken",
        quiet: "border-transparent bg-transparent text-ink hover:bg-sunken",
        link: "border-transparent bg-transparent text-accent-ink hover:underline",
        danger: "border-line bg-raised text-bad-ink hover:bg-bad-soft",
        grave: "border-bad bg-bad text-on-accent hover:bg-bad-ink",
      },
      size: {
        md: "h-control px-3 text-base max-sm:h-11 max-sm:px-4",
        sm: "h-control-sm px-2 text-base max-sm:h-9",
        icon: "size-control max-sm:size-11",
        iconSm: "size-control-sm max-sm:size-9",
      },
    },
    defaultVariants: { kind: "outline", size: "md" },
  },
);

/** Buttons that do not look like one: a link in a text, a row of a list, or any look by its own classes. */
const PLAIN = {
  inline: "font-medium text-accent-ink hover:underline",
  row: "flex w-full items-center text-left hover:bg-sunken",
  bare: "",
};

type Kind = VariantProps<typeof buttonStyle>["kind"] | keyof typeof PLAIN;

const isPlain = (kind: Kind): kind is keyof typeof PLAIN => !!kind && kind in PLAIN;

export interface ButtonProps
  extends ButtonHTMLAttributes<HTMLButtonElement>,
    Pick<VariantProps<typeof buttonStyle>, "size"> {
  kind?: Kind;
  icon?: ReactNode;
  hint?: string;
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ kind, size, icon, hint, busy, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={cx(isPlain(kind) ? PLAIN[kind] : buttonStyle({ kind, size }), className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {icon}
      {children}
      {hint ? <Key on={kind === "primary" || kind === "grave"}>{hint}</Key> : null}
    </button>
  );
}

/** An icon alone: its label is required. */
export function IconButton({
  label,
  children,
  size = "icon",
  kind = "quiet",
  ...rest
}: ButtonProps & { label: string }) {
  return (
    <Button aria-label={label} title={label} size={size} kind={kind} {...rest}>
      {children}
    </Button>
  );
}
