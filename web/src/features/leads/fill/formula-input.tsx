// An expression over the lead's fields, which a menu inserts.
import { Braces } from "lucide-react";
import { useRef } from "react";
import type { CustomField } from "@/app/shared-queries";
import { inputStyle } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { Button } from "@/shared/ui/button";
import { Menu } from "@/shared/ui/menu";
import { namedFields } from "./field-menu";

export function FormulaInput({
  value,
  fields,
  onValue,
  rows = 1,
  ...wired
}: {
  value: string;
  fields: readonly CustomField[];
  onValue: (value: string) => void;
  rows?: number;
  id?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (name: string) => {
    const from = area.current?.selectionStart ?? value.length;
    const to = area.current?.selectionEnd ?? from;
    onValue(value.slice(0, from) + name + value.slice(to));
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(from + name.length, from + name.length);
    });
  };
  return (
    <div className="flex items-start gap-2">
      <textarea
        ref={area}
        rows={rows}
        spellCheck={false}
        value={value}
        onChange={(e) => onValue(e.target.value)}
        className={cx(inputStyle, "block flex-1 py-1 font-mono")}
        {...wired}
      />
      <Menu
        trigger={
          <Button icon={<Braces size={14} aria-hidden="true" />} aria-label="Insert a field">
            Field
          </Button>
        }
        items={namedFields(fields).map(({ label, name }) => ({ label, run: () => insert(name) }))}
      />
    </div>
  );
}
