// The dialog for auto-enrol: the filter, and how many leads a day.
import { useState } from "react";
import { asProblem } from "@/api/errors";
import type { CampaignView } from "@/api/types";
import type { LeadFilter } from "@/app/enrol/queries";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { plural } from "@/shared/lib/format";
import { useDelayed } from "@/shared/lib/hooks";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toast } from "@/shared/ui/toast";
import { type Choice, filterOf, LeadChoice, totalOf, useMatching } from "./lead-choice";
import { useChangeCampaign } from "./queries";

const MOST = 1_000;

export function ChangeAutoEnrol({ campaign: c, onClose }: { campaign: CampaignView; onClose: () => void }) {
  const before: LeadFilter | undefined = c.auto_enrol?.filter;
  const [choice, setChoice] = useState<Choice>({
    status: before?.status?.[0] ?? (before ? "" : "new"),
    tag: before?.tag?.[0] ?? "",
    country: before?.country?.[0] ?? "",
    q: before?.q ?? "",
    segment: before?.segment ?? undefined,
  });
  const [perDay, setPerDay] = useState(String(c.auto_enrol?.per_day ?? 50));
  const change = useChangeCampaign(c.id);
  const asked = useDelayed(choice, 250);
  const matching = useMatching({ ...before, ...filterOf(asked) }, true);
  const problem = change.error ? asProblem(change.error) : undefined;
  const number = Number(perDay);
  const fits = Number.isInteger(number) && number >= 1 && number <= MOST;
  const save = () =>
    change.mutate(
      { auto_enrol: { filter: { ...before, ...filterOf(choice) }, per_day: number } },
      {
        onSuccess: () => {
          toast(
            c.state === "active" ? "Looking for matching leads now" : "Auto-enrol starts once the campaign is active",
          );
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Auto-enrol leads in ${c.name}`}
      description="From now on, each lead once. Leads who asked not to be contacted, are in another campaign or cannot be reached are left out."
      footer={
        <>
          <Button kind="primary" busy={change.isPending} disabled={!fits} onClick={save}>
            Start auto-enrolling
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        {problem ? <FormProblem problem={problem} /> : null}
        <LeadChoice choice={choice} onChoice={setChoice} matching={matching} />
        <Field
          label="New leads per day"
          help={`${plural(totalOf(matching), "lead matches", "leads match")} now; oldest first.`}
          error={fits ? problem?.byField()["auto_enrol.per_day"] : "From 1 to 1,000."}
        >
          <Input inputMode="numeric" value={perDay} className="max-w-30" onChange={(e) => setPerDay(e.target.value)} />
        </Field>
      </div>
    </Dialog>
  );
}
