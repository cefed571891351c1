// A cell that becomes a field on double click or Enter; Enter saves, Esc restores it.
import { type ChangeEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { inputStyle } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { Button } from "@/shared/ui/button";

export function EditCell({
  value,
  said = value,
  label,
  onSave,
  children,
  className,
  type = "text",
  lines = false,
  field: own,
}: {
  value: string;
  /** The displayed value, if it is written in another way. */
  said?: string;
  label: string;
  onSave: (next: string) => void;
  children?: ReactNode;
  className?: string;
  type?: "text" | "date";
  /** The value may have several lines: Enter makes another, Ctrl or Cmd with Enter saves. */
  lines?: boolean;
  /** The field, if it is another than one for text. It tells of each change, and when the user is done with it. */
  field?: (value: string, change: (next: string) => void, done: (next: string) => void) => ReactNode;
}) {
  const [editing, setEditing] = useState(false);
  const [draft, setDraft] = useState(value);
  const ref = useRef<HTMLInputElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (editing) (ref.current ?? area.current)?.select();
  }, [editing]);
  const done = (text: string) => {
    setEditing(false);
    const next = text.trim();
    if (next !== value) onSave(next);
  };
  const leave = (save: boolean) => done(save ? draft : value);
  if (!editing) {
    return (
      <Button
        kind="bare"
        title={`${value || label}. Double-click to edit`}
        aria-label={value ? `${label}: ${said}, edit` : `Add ${label.toLowerCase()}`}
        onClick={() => {
          // A touch screen has no double click.
          if (!matchMedia("(pointer: coarse)").matches) return;
          setDraft(value);
          setEditing(true);
        }}
        onDoubleClick={() => {
          setDraft(value);
          setEditing(true);
        }}
        onKeyDown={(e) => {
          if (e.key === "Enter" || e.key === "F2") {
            e.preventDefault();
            e.stopPropagation();
            setDraft(value);
            setEditing(true);
          }
        }}
        className={cx("block min-h-6 w-full truncate rounded-key text-left", className)}
      >
        {children ?? (value || <span className="text-ink-3">–</span>)}
      </Button>
    );
  }
  const field = {
    "aria-label": label,
    value: draft,
    onChange: (e: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => setDraft(e.target.value),
    onBlur: () => leave(true),
    onKeyDown: (e: KeyboardEvent) => {
      e.stopPropagation();
      if (e.key === "Enter" && (!lines || e.ctrlKey || e.metaKey)) leave(true);
      if (e.key === "Escape") leave(false);
    },
  };
  if (own) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the field inside
      <div onBlur={field.onBlur} onKeyDown={field.onKeyDown}>
        {own(draft, setDraft, done)}
      </div>
    );
  }
  return lines ? (
    <textarea ref={area} rows={5} {...field} className={cx(inputStyle, "block py-1")} />
  ) : (
    <input ref={ref} type={type} {...field} className={cx(inputStyle, "h-7")} />
  );
}
