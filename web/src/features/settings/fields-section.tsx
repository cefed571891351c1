// Custom fields: what the workspace keeps about its leads besides the fixed fields; listed, added, changed, sorted,
// deleted.
import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { type CustomField, fieldsQuery } from "@/app/shared-queries";
import { Field, Input, TextArea } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button, IconButton } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Dialog } from "@/shared/ui/dialog";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Empty, Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { FieldOptOuts } from "./field-opt-outs";
import { FieldOptions, RenameProgress } from "./field-options";
import {
  bodyOf,
  changesOf,
  checkField,
  draftOf,
  EMPTY_FIELD,
  type FieldDraft,
  hasOptions,
  KINDS,
  kindWords,
  mergeName,
  moved,
  removedOptions,
  useFieldMoves,
} from "./fields";

export function FieldsSection() {
  const query = useQuery(fieldsQuery);
  const may = useMay("manager");
  const { sort, remove, restore } = useFieldMoves();
  const [open, setOpen] = useState<CustomField | "new">();
  const [deleting, setDeleting] = useState<CustomField>();
  const add = may ? (
    <Button icon={<Plus size={15} />} onClick={() => setOpen("new")}>
      Add a field
    </Button>
  ) : undefined;
  const move = (fields: readonly CustomField[], field: CustomField, by: -1 | 1) =>
    sort.mutate(moved(fields, field.id, by), {
      onError: (error) => toastProblem(`Could not move ${field.label}`, error),
    });
  return (
    <div className="p-6 max-lg:p-4">
      <Heading className="max-w-table" note="What you keep about leads besides the fixed fields." aside={add}>
        Fields
      </Heading>
      <FieldOptOuts />
      <Loaded query={query} what="The fields">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No fields of your own yet" className="!mx-0">
              Add a field for what you sell by: a plan, a contract's end, the size of a deal. Imports fill it, templates
              name it, and every lead shows it.
            </Empty>
          ) : (
            <ul aria-label="Custom fields" className="mt-1 max-w-table divide-y border-y">
              {items.map((field, i) => (
                <li key={field.id} className="flex items-center gap-1 py-2">
                  <div className="min-w-0 flex-1">
                    <div className="font-medium">{field.label}</div>
                    <div className="text-meta text-ink-2 [overflow-wrap:anywhere]">{kindWords(field)}</div>
                    <code className="text-meta text-ink-3">{`{{ ${mergeName(field.key)} }}`}</code>
                    {may && hasOptions(field.kind) ? <RenameProgress id={field.id} /> : null}
                  </div>
                  {may ? (
                    <>
                      <IconButton
                        label={`Move ${field.label} up`}
                        size="iconSm"
                        disabled={i === 0 || sort.isPending}
                        onClick={() => move(items, field, -1)}
                      >
                        <ArrowUp size={14} />
                      </IconButton>
                      <IconButton
                        label={`Move ${field.label} down`}
                        size="iconSm"
                        disabled={i === items.length - 1 || sort.isPending}
                        onClick={() => move(items, field, 1)}
                      >
                        <ArrowDown size={14} />
                      </IconButton>
                      <IconButton label={`Change ${field.label}`} size="iconSm" onClick={() => setOpen(field)}>
                        <Pencil size={14} />
                      </IconButton>
                      <IconButton label={`Delete ${field.label}`} size="iconSm" onClick={() => setDeleting(field)}>
                        <Trash2 size={14} />
                      </IconButton>
                    </>
                  ) : null}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {open ? <FieldDialog field={open === "new" ? undefined : open} onClose={() => setOpen(undefined)} /> : null}
      {deleting ? (
        <ConfirmDialog
          title={`Delete ${deleting.label}?`}
          yes="Delete field"
          busy={remove.isPending}
          error={remove.error}
          onYes={() =>
            remove.mutate(deleting.id, {
              onSuccess: () => {
                setDeleting(undefined);
                toast(`${deleting.label} deleted`, { undo: () => restore(deleting) });
              },
            })
          }
          onClose={() => {
            remove.reset();
            setDeleting(undefined);
          }}
        >
          Leads keep their values as text under “{deleting.key}”. They are this field's again when you add a field with
          that name.
        </ConfirmDialog>
      ) : null}
    </div>
  );
}

function FieldDialog({ field, onClose }: { field?: CustomField; onClose: () => void }) {
  const { add, change } = useFieldMoves();
  const form = useForm<FieldDraft>(
    field ? draftOf(field) : EMPTY_FIELD,
    async (draft) => {
      if (field) await change.mutateAsync({ id: field.id, body: changesOf(draft) });
      else await add.mutateAsync(bodyOf(draft));
      toast(`${draft.label.trim()} ${field ? "changed" : "added"}`);
      onClose();
    },
    checkField,
  );
  const v = form.values;
  const note = KINDS.find((kind) => kind.value === v.kind)?.note;
  const other = field && field.kind !== v.kind;
  return (
    <Dialog
      open
      onClose={onClose}
      title={field ? `Change ${field.label}` : "Add a field"}
      footer={
        <>
          <Button kind="primary" type="submit" form="custom-field" busy={form.busy}>
            {field ? "Save field" : "Add field"}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="custom-field" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={["label", "kind", "options", "renamed_options", "currency"]} />
        <Field
          label="Name"
          error={form.errors.label}
          help={field ? `Templates keep naming it ${mergeName(field.key)}.` : undefined}
        >
          <Input value={v.label} maxLength={100} onChange={(e) => form.set("label", e.target.value)} />
        </Field>
        <Field
          label="Kind"
          error={form.errors.kind}
          help={other ? `${note} Values that do not fit stay as text until you change them.` : note}
        >
          <Select value={v.kind} options={KINDS} onValue={(kind) => form.set("kind", kind)} className="w-full" />
        </Field>
        {field && v.rows && hasOptions(v.kind) ? (
          <FieldOptions
            field={field}
            rows={v.rows}
            removed={removedOptions(field, v)}
            error={form.errors.options ?? form.errors.renamed_options}
            onRows={(rows) => form.set("rows", rows)}
          />
        ) : hasOptions(v.kind) ? (
          <Field
            label="Options"
            error={form.errors.options}
            help="One option a line, in the order in which they are offered."
          >
            <TextArea rows={5} value={v.options} onChange={(e) => form.set("options", e.target.value)} />
          </Field>
        ) : null}
        {v.kind === "money" ? (
          <Field label="Currency" error={form.errors.currency} help="Of amounts that name none." className="w-40">
            <Input value={v.currency} maxLength={3} onChange={(e) => form.set("currency", e.target.value)} />
          </Field>
        ) : null}
      </form>
    </Dialog>
  );
}
