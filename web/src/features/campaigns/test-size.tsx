// How many leads each variant must reach before the variants are compared: chosen in a draft, fixed at the launch.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { CampaignView } from "@/api/types";
import { Field, Input } from "@/shared/forms/field";
import { count } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { toastProblem } from "@/shared/ui/toast";
import { type CampaignVariants, proposedLeadsQuery, useChangeCampaign } from "./queries";

export function TestSize({
  campaign: c,
  found,
  may,
}: {
  campaign: CampaignView;
  found: CampaignVariants;
  may: boolean;
}) {
  if (c.state !== "draft" || !may) {
    return (
      <p className="my-2 text-meta text-ink-2">
        Compared once, at {count(found.leads_per_variant)} leads per variant; fixed at launch.
      </p>
    );
  }
  return <Choice campaign={c} leads={found.leads_per_variant} />;
}

function Choice({ campaign: c, leads }: { campaign: CampaignView; leads: number }) {
  const change = useChangeCampaign(c.id);
  const [rate, setRate] = useState("3");
  const [difference, setDifference] = useState("3");
  const proposed = useQuery(proposedLeadsQuery(c.id, Number(rate), Number(difference))).data?.proposed_leads;
  const choose = (leads_per_variant: number) =>
    change.mutate(
      { leads_per_variant },
      { onError: (error) => toastProblem("Could not change the number of leads", error) },
    );
  return (
    <div className="my-2 flex flex-wrap items-end gap-3">
      <p className="basis-full text-meta text-ink-2">
        The variants are compared once, when each has reached {count(leads)} leads. A larger number finds smaller
        differences; the launch fixes it.
      </p>
      <Field label="Expected positive replies, %" className="w-36">
        <Input inputMode="decimal" value={rate} onChange={(e) => setRate(e.target.value)} />
      </Field>
      <Field label="Difference worth finding, points" className="w-36">
        <Input inputMode="decimal" value={difference} onChange={(e) => setDifference(e.target.value)} />
      </Field>
      {proposed && proposed !== leads ? (
        <Button busy={change.isPending} onClick={() => choose(proposed)}>
          Use {count(proposed)} leads per variant
        </Button>
      ) : null}
      {leads === 1000 ? null : (
        <Button kind="quiet" busy={change.isPending} onClick={() => choose(1000)}>
          Use 1,000
        </Button>
      )}
    </div>
  );
}
