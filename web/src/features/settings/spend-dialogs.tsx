// The dialogs of caps and prices.
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { capOf, microsOf, providerName, textOfMicros } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toast } from "@/shared/ui/toast";
import { bodyOf, CALLS, type CallPrice, type ModelPrice, type Spend, useSaveSpend, withCall, withModel } from "./spend";

const NOT_AN_AMOUNT = "Enter an amount in US dollars, with up to six decimals.";

interface Props {
  spend: Spend;
  onClose: () => void;
}

/** Saves, tells it, and offers to undo it. */
function useSave({ spend, onClose }: Props) {
  const save = useSaveSpend();
  return async (next: Spend, told: string) => {
    const { rev } = await save.mutateAsync(bodyOf(next));
    toast(told, { undo: () => save.mutateAsync(bodyOf({ ...spend, rev })) });
    onClose();
  };
}

function Footer({ form, save, busy, onClose }: { form: string; save: string; busy: boolean; onClose: () => void }) {
  return (
    <>
      <Button kind="primary" type="submit" form={form} busy={busy}>
        {save}
      </Button>
      <Button kind="quiet" onClick={onClose}>
        Cancel
      </Button>
    </>
  );
}

export function CapsDialog(props: Props) {
  const { spend, onClose } = props;
  const save = useSave(props);
  const form = useForm(
    { month_cap: textOfMicros(spend.month_cap), user_cap: textOfMicros(spend.user_cap) },
    ({ month_cap, user_cap }) =>
      save({ ...spend, month_cap: capOf(month_cap), user_cap: capOf(user_cap) }, "Caps changed"),
    ({ month_cap, user_cap }) => ({
      ...(capOf(month_cap) === undefined ? { month_cap: NOT_AN_AMOUNT } : {}),
      ...(capOf(user_cap) === undefined ? { user_cap: NOT_AN_AMOUNT } : {}),
    }),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Change the caps"
      footer={<Footer form="spend-caps" save="Save caps" busy={form.busy} onClose={onClose} />}
    >
      <form id="spend-caps" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={Object.keys(form.errors)} />
        <Field
          label="The workspace, a month"
          help="In US dollars. A cap below what is spent already stops further calls. Leave empty for no cap."
          error={form.errors.month_cap}
        >
          <Input
            inputMode="decimal"
            value={form.values.month_cap}
            onChange={(e) => form.set("month_cap", e.target.value)}
          />
        </Field>
        <Field
          label="Each user's own requests to models, a month"
          help="In US dollars. Leave empty for no cap."
          error={form.errors.user_cap}
        >
          <Input
            inputMode="decimal"
            value={form.values.user_cap}
            onChange={(e) => form.set("user_cap", e.target.value)}
          />
        </Field>
      </form>
    </Dialog>
  );
}

export function CallDialog({ row, ...props }: Props & { row: CallPrice }) {
  const { spend, onClose } = props;
  const save = useSave(props);
  const what = `${providerName(row.provider)}: ${CALLS[row.kind]}`;
  const isMinute = row.kind === "minute";
  const form = useForm(
    { hit: textOfMicros(row.hit), miss: textOfMicros(row.miss) },
    ({ hit, miss }) => {
      const price = { hit: microsOf(hit) ?? 0, miss: microsOf(miss) ?? 0 };
      return save(withCall(spend, { ...row, ...price }, true), `Price changed: ${what}`);
    },
    ({ hit, miss }) => ({
      ...(microsOf(hit) === undefined ? { hit: NOT_AN_AMOUNT } : {}),
      ...(microsOf(miss) === undefined ? { miss: NOT_AN_AMOUNT } : {}),
    }),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={what}
      footer={
        <>
          <Footer form="call-price" save="Save price" busy={form.busy} onClose={onClose} />
          {row.own ? (
            <Button
              kind="quiet"
              className="ml-auto"
              onClick={() => save(withCall(spend, row, false), `Usual price again: ${what}`)}
            >
              Use the usual price
            </Button>
          ) : null}
        </>
      }
    >
      <form id="call-price" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={Object.keys(form.errors)} />
        <Field
          label={isMinute ? "A started minute" : "When something is found"}
          help={isMinute ? "In US dollars, for your phone and the lead's together." : "In US dollars, for one call."}
          error={form.errors.hit}
        >
          <Input inputMode="decimal" value={form.values.hit} onChange={(e) => form.set("hit", e.target.value)} />
        </Field>
        {isMinute ? null : (
          <Field label="When nothing is found" error={form.errors.miss}>
            <Input inputMode="decimal" value={form.values.miss} onChange={(e) => form.set("miss", e.target.value)} />
          </Field>
        )}
      </form>
    </Dialog>
  );
}

export function ModelDialog({ row, ...props }: Props & { row?: ModelPrice }) {
  const { spend, onClose } = props;
  const save = useSave(props);
  const form = useForm(
    { model: row?.model ?? "", input: textOfMicros(row?.input), output: textOfMicros(row?.output) },
    ({ model, input, output }) => {
      const price = { model: model.trim(), input: microsOf(input) ?? 0, output: microsOf(output) ?? 0 };
      return save(withModel(spend, row?.model, price), `Price of ${price.model} saved`);
    },
    ({ model, input, output }) => ({
      ...(model.trim() ? {} : { model: "Enter the model's name." }),
      ...(spend.models.some((other) => other.model === model.trim() && other.model !== row?.model)
        ? { model: "This model has a price already." }
        : {}),
      ...(microsOf(input) === undefined ? { input: NOT_AN_AMOUNT } : {}),
      ...(microsOf(output) === undefined ? { output: NOT_AN_AMOUNT } : {}),
    }),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={row ? `Price of ${row.model}` : "Add a model"}
      footer={<Footer form="model-price" save="Save price" busy={form.busy} onClose={onClose} />}
    >
      <form id="model-price" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={Object.keys(form.errors)} />
        <Field label="Model" help="As it is written in the provider's account." error={form.errors.model}>
          <Input value={form.values.model} maxLength={100} onChange={(e) => form.set("model", e.target.value)} />
        </Field>
        <Field label="A million tokens read" help="In US dollars." error={form.errors.input}>
          <Input inputMode="decimal" value={form.values.input} onChange={(e) => form.set("input", e.target.value)} />
        </Field>
        <Field label="A million tokens written" error={form.errors.output}>
          <Input inputMode="decimal" value={form.values.output} onChange={(e) => form.set("output", e.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}
