// The foot of the page: what adding the chosen ones costs, where they go, and how far it is.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { campaignsQuery } from "@/app/enrol/queries";
import { Field, Input } from "@/shared/forms/field";
import { plural } from "@/shared/lib/format";
import { cents } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { ProgressBar } from "@/shared/ui/progress";
import { Select } from "@/shared/ui/select";
import { addCostQuery } from "./queries";

export interface WhereTo {
  tags: string[];
  campaign?: string;
}

export function AddBar({
  search,
  ids,
  done,
  isAdding,
  onAdd,
  onStop,
}: {
  search: string;
  ids: readonly string[];
  /** The ones that are done, while they are added. */
  done: number;
  isAdding: boolean;
  onAdd: (to: WhereTo) => void;
  onStop: () => void;
}) {
  const cost = useQuery(addCostQuery(search, isAdding ? [] : ids));
  const campaigns = useQuery(campaignsQuery);
  const [tag, setTag] = useState("");
  const [campaign, setCampaign] = useState("");
  const tags = [...new Set(tag.split(",").flatMap((part) => part.trim() || []))];
  const long = tags.some((one) => one.length > 60);
  const estimate = cost.data?.estimate;
  const left = cost.data?.left;
  const coming = estimate ? estimate.to_buy + estimate.free : ids.length;
  const price = estimate ? (estimate.most ? `about ${cents(estimate.most)}` : "free") : undefined;
  const isOver = !!estimate && left !== null && left !== undefined && estimate.most > left;
  return (
    <section
      aria-label="Add the chosen ones"
      className="flex shrink-0 flex-wrap items-end gap-x-4 gap-y-2 border-t bg-surface px-6 py-3 max-lg:px-4"
    >
      {isAdding ? (
        <>
          <div className="min-w-40 flex-1 self-center" role="status">
            Adding {done} of {ids.length}
            <ProgressBar
              className="mt-1"
              label="Prospects added"
              total={ids.length}
              parts={[{ value: done, className: "bg-accent" }]}
            />
          </div>
          <Button onClick={onStop}>Stop</Button>
        </>
      ) : (
        <>
          <Field
            label="Tag"
            error={long ? "A tag has at most 60 characters." : undefined}
            className="w-44 max-sm:w-full"
          >
            <Input value={tag} maxLength={300} placeholder="None" onChange={(e) => setTag(e.target.value)} />
          </Field>
          <Field label="Enrol in" className="w-52 max-sm:w-full">
            <Select
              value={campaign}
              options={[
                { value: "", label: "No campaign" },
                ...(campaigns.data?.items ?? [])
                  .filter(({ state }) => state !== "completed" && state !== "archived")
                  .map(({ id, name }) => ({ value: id, label: name })),
              ]}
              onValue={setCampaign}
              className="w-full"
            />
          </Field>
          <div className="ml-auto flex flex-wrap items-center gap-x-3 gap-y-1 max-sm:ml-0">
            <span className="text-ink-2" role="status">
              {isOver ? "The cap stops it before the last one. " : null}
              {estimate && estimate.already + estimate.without_address + estimate.left_out > 0
                ? `${plural(estimate.already + estimate.without_address + estimate.left_out, "is", "are")} left out. `
                : null}
              {left === null || left === undefined ? null : `${cents(left)} left this month`}
            </span>
            <Button
              kind="primary"
              disabled={long || coming === 0 || cost.isPending}
              onClick={() => onAdd({ tags, campaign: campaign || undefined })}
            >
              Add {plural(coming, "lead")}
              {price ? ` — ${price}` : ""}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
