// Choosing the campaign that a number of leads goes into.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Field } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { asProblem } from "@/api/errors";
import { CAMPAIGN_WORDS } from "@/shared/lib/labels";
import { plural, words } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { toast } from "@/shared/ui/toast";
import { campaignsQuery, type EnrolAnswer, useEnrol } from "./queries";

export interface EnrolDialogProps {
  open: boolean;
  onClose: () => void;
  count: number;
  /** Collects the ids when it is time; a filter may stand for thousands. */
  ids: () => Promise<string[]>;
  /** Set when the campaign is given by the page. */
  campaign?: { id: string; name: string };
  onDone?: () => void;
}

export function EnrolDialog({ open, onClose, count, ids, campaign, onDone }: EnrolDialogProps) {
  const campaigns = useQuery({ ...campaignsQuery, enabled: open && !campaign });
  const [chosen, setChosen] = useState("");
  const [answer, setAnswer] = useState<EnrolAnswer>();
  const enrol = useEnrol();
  const open_ = (campaigns.data?.items ?? []).filter((c) => c.state === "draft" || c.state === "active" || c.state === "paused");
  const target = campaign?.id ?? chosen;
  const name = campaign?.name ?? open_.find((c) => c.id === chosen)?.name ?? "";
  const run = async () => {
    const done = await enrol.mutateAsync({ campaign: target, ids: await ids() });
    toast(`${plural(done.enrolled, "person", "people")} enrolled in ${name}`);
    onDone?.();
    if (done.skipped.length) setAnswer(done);
    else close();
  };
  const close = () => {
    setAnswer(undefined);
    enrol.reset();
    onClose();
  };
  const reasons = new Map<string, number>();
  for (const s of answer?.skipped ?? []) reasons.set(s.reason, (reasons.get(s.reason) ?? 0) + 1);

  return (
    <Dialog
      open={open}
      onClose={close}
      title={answer ? "Enrolled, with exceptions" : `Enrol ${plural(count, "person", "people")}`}
      footer={
        answer ? (
          <Button kind="primary" onClick={close}>
            Close
          </Button>
        ) : (
          <>
            <Button kind="primary" disabled={!target || count === 0} busy={enrol.isPending} onClick={() => void run().catch(() => undefined)}>
              Enrol {plural(count, "person", "people")}
            </Button>
            <Button kind="quiet" onClick={close}>
              Cancel
            </Button>
          </>
        )
      }
    >
      {answer ? (
        <div>
          <p>
            {plural(answer.enrolled, "person", "people")} enrolled, {answer.skipped.length} left out:
          </p>
          <ul className="mt-2 divide-y border-y">
            {[...reasons].map(([reason, n]) => (
              <li key={reason} className="flex h-9 items-center justify-between">
                <span>{words(reason)}</span>
                <span className="font-medium">{n}</span>
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <div className="space-y-3">
          {enrol.error ? <FormProblem problem={asProblem(enrol.error)} /> : null}
          {campaign ? (
            <p className="text-ink-2">
              They enter <strong className="font-medium text-ink">{campaign.name}</strong> at its first step.
            </p>
          ) : open_.length === 0 && campaigns.data ? (
            <p className="text-ink-2">
              There is no campaign that takes people.{" "}
              <Link to="/campaigns" onClick={close} className="font-medium text-accent-ink underline">
                Make one
              </Link>
            </p>
          ) : (
            <Field label="Campaign" help="People in a draft wait until you launch it.">
              <Select
                value={chosen}
                onValue={setChosen}
                placeholder={campaigns.isPending ? "Loading campaigns" : "Choose a campaign"}
                options={open_.map((c) => ({ value: c.id, label: `${c.name} (${(CAMPAIGN_WORDS[c.state]?.word ?? c.state).toLowerCase()})` }))}
              />
            </Field>
          )}
        </div>
      )}
    </Dialog>
  );
}
