// The dialog of commission rates: for everybody, and for single members.
import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { type MemberView, teamQuery } from "@/app/shared-queries";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button, IconButton } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { toast } from "@/shared/ui/toast";
import { type CommissionPlan, draftsOf, type Tier, type TierDraft, tiersOf, useSavePlan } from "./commissions";

interface OwnDraft {
  user: string;
  tiers: TierDraft[];
}

const MOST_TIERS = 6;
const NEW_TIER: TierDraft = { percent: "", above: "" };

export default function RatesDialog({ plan, onClose }: { plan: CommissionPlan; onClose: () => void }) {
  const team = useQuery(teamQuery).data?.items ?? [];
  const save = useSavePlan();
  const form = useForm<{ tiers: TierDraft[]; own: OwnDraft[] }>(
    {
      tiers: draftsOf(plan.tiers, plan.currency),
      own: plan.own.map(({ user, tiers }) => ({ user, tiers: draftsOf(tiers, plan.currency) })),
    },
    async ({ tiers, own }) => {
      const before = { tiers: plan.tiers, own: plan.own };
      const body = {
        tiers: tiersOf(tiers, plan.currency) as Tier[],
        own: own.map(({ user, tiers }) => ({ user, tiers: tiersOf(tiers, plan.currency) as Tier[] })),
      };
      const { rev } = await save.mutateAsync({ ...body, rev: plan.rev });
      toast("Rates saved", { undo: () => save.mutateAsync({ ...before, rev }) });
      onClose();
    },
    ({ tiers, own }) => {
      const errors: Record<string, string> = {};
      const check = (field: string, drafts: TierDraft[]) => {
        const read = tiersOf(drafts, plan.currency);
        if (typeof read === "string") errors[field] = read;
      };
      check("tiers", tiers);
      for (const [i, { user, tiers }] of own.entries()) {
        check(`own[${i}].tiers`, tiers);
        if (!user) errors[`own[${i}].user`] = "Choose a member.";
      }
      return errors;
    },
  );
  const { own } = form.values;
  const change = (at: number, next: OwnDraft) =>
    form.set(
      "own",
      own.map((other, i) => (i === at ? next : other)),
    );
  const free = (chosen: string) =>
    team.filter((member) => member.id === chosen || !own.some((other) => other.user === member.id));
  return (
    <Dialog
      open
      onClose={onClose}
      title="Rates of commissions"
      footer={
        <>
          <Button kind="primary" type="submit" form="commission-rates" busy={form.busy}>
            Save rates
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="commission-rates" onSubmit={form.submit} noValidate className="space-y-5">
        <FormProblem problem={form.problem} fields={Object.keys(form.errors)} />
        <p className="text-ink-2">
          A commission is a part of the money collected in a month, less refunds. Open months are computed anew when you
          save; closed ones stay. Money in a currency other than {plan.currency} earns the first rate.
        </p>
        <Tiers
          legend="Everybody"
          currency={plan.currency}
          tiers={form.values.tiers}
          error={form.errors.tiers}
          onChange={(tiers) => form.set("tiers", tiers)}
        />
        {own.map((one, i) => (
          <fieldset key={i} className="space-y-2 border-t pt-4">
            <div className="flex items-end gap-2">
              <Field label="Member" error={form.errors[`own[${i}].user`]} className="flex-1">
                <Select
                  value={one.user}
                  placeholder="Choose a member"
                  options={free(one.user).map((member: MemberView) => ({ value: member.id, label: member.name }))}
                  onValue={(user) => change(i, { ...one, user })}
                  className="w-full"
                />
              </Field>
              <IconButton
                label="Remove the own rate"
                icon={<Trash2 size={15} />}
                onClick={() =>
                  form.set(
                    "own",
                    own.filter((_, at) => at !== i),
                  )
                }
              />
            </div>
            <Tiers
              legend="Own rate"
              currency={plan.currency}
              tiers={one.tiers}
              error={form.errors[`own[${i}].tiers`]}
              onChange={(tiers) => change(i, { ...one, tiers })}
            />
          </fieldset>
        ))}
        {own.length < team.length ? (
          <Button
            icon={<Plus size={15} />}
            onClick={() => form.set("own", [...own, { user: "", tiers: [{ ...NEW_TIER }] }])}
          >
            Add a member's own rate
          </Button>
        ) : null}
      </form>
    </Dialog>
  );
}

function Tiers({
  legend,
  currency,
  tiers,
  error,
  onChange,
}: {
  legend: string;
  currency: string;
  tiers: TierDraft[];
  error?: string;
  onChange: (tiers: TierDraft[]) => void;
}) {
  const change = (at: number, next: Partial<TierDraft>) =>
    onChange(tiers.map((tier, i) => (i === at ? { ...tier, ...next } : tier)));
  return (
    <fieldset className="space-y-2">
      <legend className="mb-1 font-medium">{legend}</legend>
      {tiers.length === 0 ? <p className="text-ink-2">No commission.</p> : null}
      {tiers.map((tier, i) => (
        <div key={i} className="flex items-end gap-2">
          <Field label={`Rate ${i + 1}, %`} className="w-24">
            <Input inputMode="decimal" value={tier.percent} onChange={(e) => change(i, { percent: e.target.value })} />
          </Field>
          {i === 0 ? (
            <span className="pb-2 text-ink-2">of all money</span>
          ) : (
            <Field label={`above, ${currency} in a month`} className="w-44">
              <Input inputMode="decimal" value={tier.above} onChange={(e) => change(i, { above: e.target.value })} />
            </Field>
          )}
          <IconButton
            label={`Remove rate ${i + 1}`}
            icon={<Trash2 size={15} />}
            onClick={() => onChange(tiers.filter((_, at) => at !== i))}
          />
        </div>
      ))}
      {error ? (
        <p role="alert" className="text-bad-ink">
          {error}
        </p>
      ) : null}
      {tiers.length < MOST_TIERS ? (
        <Button kind="quiet" icon={<Plus size={15} />} onClick={() => onChange([...tiers, { ...NEW_TIER }])}>
          {tiers.length === 0 ? "Add a rate" : "Add a rate above a sum"}
        </Button>
      ) : null}
    </fieldset>
  );
}
