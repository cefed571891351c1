// A value of a custom field for the selected leads: the same in all of them, or none any more.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type CustomField, fieldsQuery, teamQuery } from "@/app/shared-queries";
import { Field, Input } from "@/shared/forms/field";
import { plural } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { Empty, Loaded } from "@/shared/ui/states";

export function BulkField({
  open,
  count,
  onClose,
  onFill,
}: {
  open: boolean;
  count: number;
  onClose: () => void;
  onFill: (field: CustomField, value: string | null) => void;
}) {
  const fields = useQuery({ ...fieldsQuery, enabled: open });
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  const chosen = fields.data?.items.find((field) => field.key === key) ?? fields.data?.items[0];
  const many = plural(count, "lead");
  const fill = (value: string | null) => {
    if (!chosen) return;
    onFill(chosen, value);
    setValue("");
  };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (value.trim()) fill(value.trim());
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Set a field of ${many}`}
      footer={
        <>
          <Button kind="primary" type="submit" form="bulk-field" disabled={!chosen || !value.trim()}>
            Set in {many}
          </Button>
          <Button disabled={!chosen} onClick={() => fill(null)}>
            Clear in {many}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <Loaded query={fields} what="Your fields">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No fields yet" className="!mx-0">
              A manager adds fields in Settings, under Fields.
            </Empty>
          ) : (
            <form id="bulk-field" onSubmit={submit} noValidate className="space-y-4">
              <Field label="Field">
                <Select
                  value={chosen?.key ?? ""}
                  options={items.map((field) => ({ value: field.key, label: field.label }))}
                  onValue={(next) => {
                    setKey(next);
                    setValue("");
                  }}
                  className="w-full"
                />
              </Field>
              {chosen ? <Value field={chosen} value={value} onValue={setValue} /> : null}
            </form>
          )
        }
      </Loaded>
    </Dialog>
  );
}

function Value({ field, value, onValue }: { field: CustomField; value: string; onValue: (value: string) => void }) {
  const team = useQuery({ ...teamQuery, enabled: field.kind === "person" }).data?.items ?? [];
  const options =
    field.kind === "choice"
      ? field.options.map((option) => ({ value: option, label: option }))
      : field.kind === "check"
        ? [
            { value: "yes", label: "Yes" },
            { value: "no", label: "No" },
          ]
        : field.kind === "person"
          ? team.map((member) => ({ value: member.email, label: member.name }))
          : undefined;
  return (
    <Field
      label="Value"
      help={
        field.kind === "choices"
          ? "Separate several options with semicolons. They replace those that leads have."
          : undefined
      }
    >
      {options ? (
        <Select
          value={value}
          options={[{ value: "", label: "Choose a value" }, ...options]}
          onValue={onValue}
          className="w-full"
        />
      ) : (
        <Input
          type={field.kind === "date" ? "date" : "text"}
          inputMode={field.kind === "number" || field.kind === "money" ? "decimal" : undefined}
          value={value}
          maxLength={1000}
          onChange={(e) => onValue(e.target.value)}
        />
      )}
    </Field>
  );
}
