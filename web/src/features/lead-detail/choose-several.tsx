// The value of a custom field with several options: ticked in a list.
import type { CustomField } from "@/app/shared-queries";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Popover } from "@/shared/ui/menu";

const optionsIn = (value: string) => value.split("; ").filter(Boolean);

export function ChooseSeveral({
  field,
  value,
  onSave,
}: {
  field: CustomField;
  value: string;
  onSave: (value: string | null) => void;
}) {
  const options = "options" in field ? field.options : [];
  const chosen = optionsIn(value).filter((option) => options.includes(option));
  const stray = value && chosen.length === 0 ? value : "";
  return (
    <Popover
      title={field.label}
      align="start"
      className="w-60 p-3"
      trigger={
        <Button
          kind="bare"
          aria-label={value ? `${field.label}: ${value}, edit` : `Add ${field.label.toLowerCase()}`}
          className="block min-h-6 w-full rounded-key text-left whitespace-normal [overflow-wrap:anywhere]"
        >
          {stray || chosen.join(", ") || <span className="text-ink-3">–</span>}
        </Button>
      }
    >
      <fieldset className="max-h-60 overflow-y-auto">
        <legend className="sr-only">{field.label}</legend>
        {options.map((option) => (
          <label key={option} className="flex items-center gap-1.5 py-0.5">
            <Checkbox
              checked={chosen.includes(option)}
              onValue={(on) => {
                const next = options.filter((o) => (o === option ? on : chosen.includes(o)));
                onSave(next.join("; ") || null);
              }}
            />
            {option}
          </label>
        ))}
      </fieldset>
    </Popover>
  );
}
