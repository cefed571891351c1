// The dialog that says which team members are credited with a client's money.
import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { teamQuery } from "@/app/shared-queries";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button, IconButton } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { toast } from "@/shared/ui/toast";
import { useCreditClient } from "./commissions";
import type { ClientView } from "./queries";

const MOST = 5;

interface Draft {
  shares: { user: string; percent: string }[];
}

function faultOf({ shares }: Draft): Record<string, string> {
  if (shares.some((share) => !share.user)) return { credits: "Choose a member for each share." };
  const parts = shares.map((share) => Number(share.percent));
  if (parts.some((part) => !Number.isInteger(part) || part < 1 || part > 100)) {
    return { credits: "Enter whole percents from 1 to 100." };
  }
  const sum = parts.reduce((a, b) => a + b, 0);
  return shares.length && sum !== 100 ? { credits: `The shares are ${sum} percent together. They must be 100.` } : {};
}

export default function CreditsDialog({ client, onClose }: { client: ClientView; onClose: () => void }) {
  const team = useQuery(teamQuery).data?.items ?? [];
  const credit = useCreditClient(client.id);
  const form = useForm<Draft>(
    { shares: client.credits.map(({ user, percent }) => ({ user, percent: String(percent) })) },
    async ({ shares }) => {
      const credits = shares.map(({ user, percent }) => ({ user, percent: Number(percent) }));
      await credit.mutateAsync({ credits, rev: client.rev });
      toast("Credits saved");
      onClose();
    },
    faultOf,
  );
  const { shares } = form.values;
  const change = (at: number, next: Partial<Draft["shares"][number]>) => {
    form.set(
      "shares",
      shares.map((share, i) => (i === at ? { ...share, ...next } : share)),
    );
    form.mended("credits");
  };
  const error = form.errors.credits;
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Who is credited with ${client.name}?`}
      footer={
        <>
          <Button kind="primary" type="submit" form="credits" busy={form.busy}>
            Save credits
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="credits" onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} fields={["credits"]} />
        <p className="text-ink-2">
          It counts for what the client pays from now on, and for its payments of this month and the last, if they are
          open.
        </p>
        {shares.map((share, i) => (
          <div key={i} className="flex items-end gap-2">
            <Field label="Member" className="flex-1">
              <Select
                value={share.user}
                placeholder="Choose a member"
                options={team
                  .filter((member) => member.id === share.user || !shares.some((other) => other.user === member.id))
                  .map((member) => ({ value: member.id, label: member.name }))}
                onValue={(user) => change(i, { user })}
                className="w-full"
              />
            </Field>
            <Field label="Share, %" className="w-24">
              <Input
                inputMode="numeric"
                value={share.percent}
                onChange={(e) => change(i, { percent: e.target.value })}
              />
            </Field>
            <IconButton
              label="Remove the share"
              icon={<Trash2 size={15} />}
              onClick={() =>
                form.set(
                  "shares",
                  shares.filter((_, at) => at !== i),
                )
              }
            />
          </div>
        ))}
        {shares.length === 0 ? <p className="text-ink-2">Nobody is credited with this client.</p> : null}
        {error ? (
          <p role="alert" className="text-bad-ink">
            {error}
          </p>
        ) : null}
        {shares.length < MOST ? (
          <Button
            kind="quiet"
            icon={<Plus size={15} />}
            onClick={() => form.set("shares", [...shares, { user: "", percent: shares.length ? "" : "100" }])}
          >
            Add a member
          </Button>
        ) : null}
      </form>
    </Dialog>
  );
}
