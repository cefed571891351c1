// A text with merge fields: typed as text, the fields drawn as chips behind it.
import { Braces } from "lucide-react";
import { type ReactNode, type TextareaHTMLAttributes, useRef } from "react";
import { cx } from "@/shared/lib/cx";
import { Button } from "@/shared/ui/button";
import { Menu } from "@/shared/ui/menu";

export interface MergeField {
  token: string;
  label: string;
}

const TOKEN = /(\{\{[^{}]*\}\}|\{%[^{}]*%\})/g;

function drawn(text: string): ReactNode[] {
  return text.split(TOKEN).map((part, i) =>
    part.startsWith("{{") || part.startsWith("{%") ? (
      <mark key={i} className="rounded-key bg-accent-soft text-transparent">
        {part}
      </mark>
    ) : (
      <span key={i}>{part}</span>
    ),
  );
}

export interface MergeTextProps extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "value" | "onChange"> {
  value: string;
  onValue: (value: string) => void;
  fields: readonly MergeField[];
  foot?: ReactNode;
  head?: ReactNode;
  invalid?: boolean;
  single?: boolean;
}

const type = "px-3.5 py-2.5 text-msg whitespace-pre-wrap break-words [overflow-wrap:anywhere]";

export function MergeText({
  value,
  onValue,
  fields,
  foot,
  head,
  invalid,
  rows = 6,
  single,
  className,
  ...rest
}: MergeTextProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (token: string) => {
    const el = area.current;
    const from = el?.selectionStart ?? value.length;
    const to = el?.selectionEnd ?? from;
    onValue(value.slice(0, from) + token + value.slice(to));
    requestAnimationFrame(() => {
      el?.focus();
      el?.setSelectionRange(from + token.length, from + token.length);
    });
  };
  return (
    <div
      className={cx(
        "rounded-panel border bg-raised focus-within:border-accent focus-within:ring-2 focus-within:ring-accent-soft",
        invalid ? "border-bad" : "border-edge",
        className,
      )}
    >
      {head}
      <div className="grid">
        <div aria-hidden="true" className={cx(type, "pointer-events-none text-transparent [grid-area:1/1]")}>
          {drawn(value)}
          {"\n"}
        </div>
        <textarea
          ref={area}
          value={value}
          rows={single ? 1 : rows}
          onChange={(e) => onValue(e.target.value)}
          className={cx(type, "w-full resize-none overflow-hidden bg-transparent outline-none [grid-area:1/1]")}
          {...rest}
        />
      </div>
      <div className="flex flex-wrap items-center gap-2 border-t px-2 py-1.5">
        <Menu
          align="start"
          trigger={
            <Button kind="quiet" size="sm" icon={<Braces size={14} aria-hidden="true" />}>
              Insert field
            </Button>
          }
          items={fields.map((f) => ({ label: f.label, run: () => insert(f.token) }))}
        />
        {foot}
      </div>
    </div>
  );
}
