// The form of a column: what it fills, by which recipe, for whom and when, and what it may cost.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fieldsQuery } from "@/app/shared-queries";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { toast } from "@/shared/ui/toast";
import { columnChanges, type Draft, draftOf, EMPTY, faultsOf, newColumn } from "./draft";
import { FormulaInput } from "./formula-input";
import { type ColumnView, fieldOf, KIND_WORDS, type RecipeKind } from "./model";
import { Preview } from "./preview";
import { useDeleteColumn, useSaveColumn } from "./queries";
import { RecipeFields, type RecipeProps } from "./recipe-fields";
import { STARTS } from "./starts";
import { TargetField } from "./target-field";
import { SCHEDULE_WORDS } from "./words";

const KINDS: { value: RecipeKind; label: string }[] = [
  { value: "enrichment", label: "Enrichment: ask providers in turn" },
  { value: "ai", label: "AI: a model answers a prompt" },
  { value: "formula", label: "Formula: compute it from fields" },
  { value: "lookup", label: "Look-up: take what is known already" },
  { value: "webhook", label: "Webhook: call your own address" },
  { value: "actor", label: "Actor: run one at Apify" },
];

/** What a new column may begin with. */
const BEGINNINGS = [{ value: "", label: "Nothing" }, ...STARTS.map(({ id, title }) => ({ value: id, label: title }))];

const SCHEDULES = [
  { value: "never", label: "By no schedule" },
  { value: "daily", label: SCHEDULE_WORDS.daily },
  { value: "weekly", label: SCHEDULE_WORDS.weekly },
  { value: "monthly", label: SCHEDULE_WORDS.monthly },
] as const;

export function ColumnEditor({
  column,
  start,
  sample,
  onClose,
  onSaved,
  onDeleted,
}: {
  /** The column that is changed; a new one is made without it. */
  column?: ColumnView;
  /** The draft that a new column begins with. */
  start?: string;
  /** The leads that a preview is made for. */
  sample: string[];
  onClose: () => void;
  onSaved: (column: ColumnView) => void;
  onDeleted: () => void;
}) {
  const save = useSaveColumn();
  const [deleting, setDeleting] = useState(false);
  const fields = useQuery(fieldsQuery).data?.items ?? [];
  const first = column ? draftOf(column) : (STARTS.find(({ id }) => id === start)?.draft ?? EMPTY);
  const form = useForm<Draft>(
    first,
    async (draft) => {
      const saved = await save.mutateAsync(
        column ? { id: column.id, body: columnChanges(draft, column.rev) } : { make: newColumn(draft) },
      );
      toast(column ? `${saved.name} is changed` : `${saved.name} is added. Nothing has run yet.`);
      onSaved(saved);
    },
    faultsOf,
  );
  const { values: d, set, errors } = form;
  const [begun, setBegun] = useState(start ?? "");
  const begin = (id: string) => {
    setBegun(id);
    form.reset(STARTS.find((one) => one.id === id)?.draft ?? EMPTY);
  };
  const change: RecipeProps["change"] = (changes) => {
    for (const [key, value] of Object.entries(changes)) set(key as keyof Draft, value as never);
    form.mended("recipe");
  };
  const isComputed = d.kind === "formula" || d.kind === "lookup";
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={column ? `Edit ${column.name}` : "New column"}
      description={
        column
          ? "A change holds for what is filled from then on."
          : "A recipe that fills a field of your leads. Saving it costs nothing."
      }
      footer={
        <>
          <Button kind="primary" type="submit" form="column" busy={form.busy}>
            {column ? "Save changes" : "Make column"}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          {column ? (
            <Button kind="danger" className="ml-auto" onClick={() => setDeleting(true)}>
              Delete column
            </Button>
          ) : null}
        </>
      }
    >
      <form id="column" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={Object.keys(errors)} />
        {column ? null : (
          <Field label="Begin with">
            <Select value={begun} options={BEGINNINGS} onValue={begin} className="w-full" />
          </Field>
        )}
        <Field label="Name" error={errors.name}>
          <Input value={d.name} maxLength={80} onChange={(e) => set("name", e.target.value)} />
        </Field>
        {column ? (
          <p className="text-ink-2">
            Fills <b className="font-medium text-ink">{fieldOf(column.target)}</b>. The field of a column stays.
          </p>
        ) : (
          <TargetField
            target={d.target}
            fields={fields}
            errors={errors}
            onTarget={(target) => {
              set("target", target);
              form.mended("target");
            }}
          />
        )}
        <Field label="Recipe" help={column ? undefined : "How the column finds its value."}>
          <Select
            value={d.kind}
            disabled={!!column}
            options={column ? KINDS.filter(({ value }) => value === column.recipe.kind) : KINDS}
            onValue={(kind) => set("kind", kind)}
            className="w-full"
          />
        </Field>
        <fieldset className="space-y-3 border-l-2 border-line pl-4">
          <legend className="sr-only">{KIND_WORDS[d.kind]}</legend>
          <RecipeFields draft={d} fields={fields} errors={errors} change={change} />
          <Preview draft={d} column={column} sample={sample} />
        </fieldset>
        <Field
          label="Only if"
          help="A formula that must be true of the lead, such as country == 'GB' and not email. Else nothing is asked."
          error={errors.condition}
        >
          <FormulaInput value={d.condition} fields={fields} onValue={(condition) => set("condition", condition)} />
        </Field>
        <fieldset>
          <legend className="mb-1 font-medium">When it runs, besides by hand</legend>
          {isComputed ? <p className="text-ink-2">At once for all leads when you save it, which is free.</p> : null}
          <label className="flex min-h-7 items-center gap-1">
            <Checkbox checked={d.on_new} onValue={(on) => set("on_new", on)} className="-ml-1" />
            When a lead is created or imported
          </label>
          <label className="flex min-h-7 items-center gap-1">
            <Checkbox checked={d.on_change} onValue={(on) => set("on_change", on)} className="-ml-1" />
            When a field that it rests on changes
          </label>
          <Select
            aria-label="Schedule"
            value={d.schedule || "never"}
            options={SCHEDULES}
            onValue={(schedule) => set("schedule", schedule === "never" ? "" : schedule)}
            className="mt-1 w-48"
          />
        </fieldset>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Days that a value stays fresh"
            help="Until then nobody is asked for it again."
            error={errors.fresh_days}
          >
            <Input inputMode="numeric" value={d.fresh_days} onChange={(e) => set("fresh_days", e.target.value)} />
          </Field>
          <Field
            label="Its own cap, a month"
            help="In US dollars, for what it asks by itself. Runs have a cap of their own."
            error={errors.month_cap}
          >
            <Input inputMode="decimal" value={d.month_cap} onChange={(e) => set("month_cap", e.target.value)} />
          </Field>
        </div>
      </form>
      {deleting && column ? (
        <DeleteColumn column={column} onClose={() => setDeleting(false)} onDeleted={onDeleted} />
      ) : null}
    </Dialog>
  );
}

function DeleteColumn({
  column,
  onClose,
  onDeleted,
}: {
  column: ColumnView;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const remove = useDeleteColumn();
  return (
    <ConfirmDialog
      title={`Delete the column ${column.name}?`}
      yes="Delete column"
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onYes={() =>
        remove.mutate(column.id, {
          onSuccess: () => {
            toast(`${column.name} is deleted. Its values stay in the leads.`);
            onDeleted();
          },
        })
      }
    >
      The recipe and its secrets are gone for good. The field {fieldOf(column.target)} and the values in it stay.
    </ConfirmDialog>
  );
}
