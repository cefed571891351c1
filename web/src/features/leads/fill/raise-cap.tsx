// The dialog that gives a run more money, and lets it go on.
import { Link } from "@tanstack/react-router";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { capOf, dollars, textOfMicros } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { isOver, type RunView } from "./model";
import { useMoveRun } from "./queries";

/** Half as much again, in whole dollars, and at least a dollar more than is spent. */
export const nextCap = ({ cap, spent }: Pick<RunView, "cap" | "spent">) =>
  Math.max(Math.ceil(((cap ?? 0) * 1.5) / 1_000_000), Math.ceil(spent / 1_000_000) + 1) * 1_000_000;

export function RaiseCap({ run, onClose }: { run: RunView; onClose: () => void }) {
  const move = useMoveRun();
  const waits = run.state === "out_of_money" || run.state === "paused";
  const isMonth = run.state === "out_of_money" && run.budget.scope !== "run";
  const form = useForm(
    { cap: textOfMicros(nextCap(run)) },
    async ({ cap }) => {
      await move.mutateAsync({ id: run.id, move: { cap: capOf(cap) ?? null } });
      if (waits) await move.mutateAsync({ id: run.id, move: "resume" });
      onClose();
    },
    ({ cap }): Record<string, string> => {
      const next = capOf(cap);
      if (next === undefined) return { cap: "Enter an amount in US dollars, with up to six decimals." };
      if (next !== null && next < run.spent) return { cap: `The run has spent ${dollars(run.spent)} already.` };
      return {};
    },
  );
  const next = capOf(form.values.cap);
  const upTo = typeof next === "number" ? ` to ${dollars(next)}` : "";
  if (isMonth)
    return (
      <Dialog open onClose={onClose} title="The month's cap is reached">
        <p className="text-ink-2">
          The run has money left, but the workspace or the column has none this month. Raise that cap, then resume the
          run.
        </p>
        <div className="mt-4 flex gap-2">
          <Link
            to="/settings/$section"
            params={{ section: "spend" }}
            className="font-medium text-accent-ink hover:underline"
          >
            Settings, Spend and prices
          </Link>
          <Button
            className="ml-auto"
            busy={move.isPending}
            onClick={() => move.mutate({ id: run.id, move: "resume" }, { onSuccess: onClose })}
          >
            Resume the run
          </Button>
        </div>
      </Dialog>
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Change the cap"
      footer={
        <>
          <Button kind="primary" type="submit" form="raise-cap" busy={form.busy}>
            {waits && !isOver(run) ? `Raise${upTo} and resume` : `Set the cap${upTo}`}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="raise-cap" onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} fields={Object.keys(form.errors)} />
        <Field
          label="The most that this run may spend"
          help="In US dollars. No call is made past it. Leave empty for no cap."
          error={form.errors.cap}
        >
          <Input inputMode="decimal" value={form.values.cap} onChange={(e) => form.set("cap", e.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}
