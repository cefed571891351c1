// Auto-enrol of a campaign: its settings and what its last look found; and leads enrolled in the background, with those
// left out.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { CampaignView } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import type { LeadFilter } from "@/app/enrol/queries";
import { count, plural, when } from "@/shared/lib/format";
import { LEFT_OUT_WORDS } from "@/shared/lib/labels";
import { FILTER_WORDS, LIST_FILTERS, type ListFilter } from "@/shared/lib/lead-fields";
import { stageWord } from "@/shared/lib/stages";
import { Button } from "@/shared/ui/button";
import { Fact, Facts, Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { Switch } from "@/shared/ui/switch";
import { toast, toastProblem } from "@/shared/ui/toast";
import { ChangeAutoEnrol } from "./change-auto-enrol";
import { type AutoEnrolRule, type AutoEnrolState, autoEnrolQuery, type EnrolJob, useChangeCampaign } from "./queries";

export function AutoEnrolSection({ campaign: c, open }: { campaign: CampaignView; open: boolean }) {
  const [changing, setChanging] = useState(false);
  const query = useQuery(autoEnrolQuery(c.id));
  const change = useChangeCampaign(c.id);
  const may = useMay("rep");
  const autoEnrol = c.auto_enrol;
  const set = async (to: AutoEnrolRule | null) => change.mutateAsync({ auto_enrol: to });
  const off = async () => {
    try {
      await set(null);
      toast("Auto-enrol is off", { undo: autoEnrol ? () => set(autoEnrol) : undefined });
    } catch (error) {
      toastProblem("Could not switch off auto-enrol", error);
    }
  };
  const verified = (to: boolean) =>
    change.mutate(
      { only_verified: to },
      {
        onSuccess: () =>
          toast(to ? "Only verified addresses are enrolled now" : "Unverified addresses are enrolled too", {
            undo: () => change.mutateAsync({ only_verified: !to }),
          }),
        onError: (error) => toastProblem("Could not change this setting", error),
      },
    );
  return (
    <section aria-label="Auto-enrol" className="px-6 py-3 max-lg:px-4">
      <Heading
        note={autoEnrol ? `up to ${count(autoEnrol.per_day)} per day` : "off"}
        aside={
          open ? (
            <>
              <Button size="sm" kind="quiet" onClick={() => setChanging(true)}>
                {autoEnrol ? "Change rule" : "Set rule"}
              </Button>
              {autoEnrol ? (
                <Button size="sm" kind="quiet" busy={change.isPending} onClick={() => void off()}>
                  Switch off
                </Button>
              ) : null}
            </>
          ) : undefined
        }
      >
        Auto-enrol
      </Heading>
      <p className="text-ink-2">
        {autoEnrol ? (
          <>
            Rule: <span className="text-ink">{filterWords(autoEnrol.filter)}</span>. Each lead enters once.
          </>
        ) : may ? (
          "Only leads you add are enrolled. Set a rule to enrol matching leads automatically."
        ) : (
          "Only leads that are added by hand are enrolled."
        )}
      </p>
      <Loaded query={query} what="The enrolments">
        {(autoEnrolState) => (
          <div className="max-w-form">
            {autoEnrol ? (
              <Figures autoEnrolState={autoEnrolState} perDay={autoEnrol.per_day} active={c.state === "active"} />
            ) : null}
            <Jobs jobs={autoEnrolState.jobs} />
          </div>
        )}
      </Loaded>
      <Switch
        checked={c.only_verified}
        disabled={!open || change.isPending}
        onValue={verified}
        label="Only verified addresses"
        note={`Only enrol leads whose e-mail is verified.${may ? "" : " Ask a rep to change this."}`}
      />
      {changing ? <ChangeAutoEnrol campaign={c} onClose={() => setChanging(false)} /> : null}
    </section>
  );
}

/** Every part of a filter, also those that can be set only through the API. */
export function filterWords(filter: LeadFilter): string {
  const said = (field: ListFilter) =>
    field === "status" ? filter.status?.map((s) => stageWord(s)) : (filter[field] as string[] | undefined);
  const parts = [
    ...LIST_FILTERS.flatMap((field) => {
      const values = said(field);
      return values?.length ? [`${FILTER_WORDS[field].toLowerCase()} ${values.join(" or ")}`] : [];
    }),
    ...(filter.unowned ? ["unassigned"] : filter.owner ? ["one owner's"] : []),
    ...(filter.campaign ? ["active in a campaign"] : []),
    ...(filter.segment ? ["in a segment"] : []),
    ...(filter.rule ? ["matching an advanced filter"] : []),
    ...(filter.q ? [`"${filter.q}"`] : []),
  ];
  return parts.length ? parts.join(", ") : "every lead";
}

function Figures({
  autoEnrolState,
  perDay,
  active,
}: {
  autoEnrolState: AutoEnrolState;
  perDay: number;
  active: boolean;
}) {
  const look = autoEnrolState.look;
  if (!look) {
    return (
      <p className="mt-1 text-ink-2">
        {active ? "First check in progress." : "The first check runs once the campaign is active."}
      </p>
    );
  }
  if (look.problem) {
    return (
      <p role="status" className="mt-1 text-bad-ink">
        No lead is enrolled: {look.problem}. Change the rule.
      </p>
    );
  }
  const out = sum(look.left_out);
  const full = autoEnrolState.taken_today >= perDay;
  const next = !active
    ? ""
    : full
      ? ", next check tomorrow: today's limit is reached"
      : ", next check in about an hour";
  return (
    <div className="mt-2">
      <Facts>
        <Fact label="Today">
          {count(autoEnrolState.taken_today)} of {count(perDay)}
        </Fact>
        <Fact label="Match" note={`checked ${when(look.at)}${next}`}>
          {plural(look.matched, "lead")}
        </Fact>
        <Fact label="Enrolled">{count(look.inside)}</Fact>
        <Fact label="Waiting" note={look.waiting ? "for a day with capacity, oldest first" : undefined}>
          {count(look.waiting)}
        </Fact>
        <Fact label="Left out">{count(out)}</Fact>
      </Facts>
      <LeftOut rows={look.left_out} label="Left out, by reason" />
    </div>
  );
}

function LeftOut({ rows, label }: { rows: EnrolJob["left_out"]; label: string }) {
  if (!rows.length) return null;
  return (
    <ul aria-label={label} className="mt-2 divide-y border-y">
      {rows.map((row) => (
        <li key={row.reason} className="flex min-h-9 items-center justify-between gap-3">
          <span>{LEFT_OUT_WORDS[row.reason]}</span>
          <span className="font-medium">{count(row.people)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Enrol jobs ordered by a user or an import and done in the background, newest first. */
function Jobs({ jobs }: { jobs: EnrolJob[] }) {
  if (!jobs.length) return null;
  return (
    <>
      <h3 className="mt-3 font-medium">Added in the background</h3>
      <ul aria-label="Added in the background" className="divide-y border-y">
        {jobs.map((job) => (
          <li key={job.id} className="py-2">
            <JobLine job={job} />
          </li>
        ))}
      </ul>
    </>
  );
}

function JobLine({ job }: { job: EnrolJob }) {
  const out = sum(job.left_out);
  const came = `${when(job.started_at)}: ${plural(job.enrolled, "lead")} enrolled`;
  const line = `${came}, ${out ? `${count(out)} left out` : "none left out"}${job.finished_at ? "" : ", in progress"}`;
  if (!out) return <p>{line}</p>;
  return (
    <details>
      <summary className="cursor-pointer">{line}</summary>
      <LeftOut rows={job.left_out} label={`Left out ${when(job.started_at)}`} />
    </details>
  );
}

const sum = (rows: EnrolJob["left_out"]) => rows.reduce((all, row) => all + row.people, 0);
