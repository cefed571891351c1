// How a campaign writes: AI on or off, tone, language, what it is about, its budget, and the opening line for a lead.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { CampaignView } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { Field } from "@/shared/forms/field";
import { cents, dollars } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { ProgressBar } from "@/shared/ui/progress";
import { Fact, Facts, Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Loaded } from "@/shared/ui/states";
import { Switch } from "@/shared/ui/switch";
import { toast, toastProblem } from "@/shared/ui/toast";
import { ChangeWriting } from "./change-writing";
import { LineFor } from "./line-for";
import { exampleLeadsQuery, useChangeCampaign } from "./queries";
import { type CampaignWritingView, campaignWritingQuery, hasStyle } from "./writing";

export function CampaignWriting({ campaign: c, open }: { campaign: CampaignView; open: boolean }) {
  const query = useQuery(campaignWritingQuery(c.id));
  return (
    <section aria-label="Writing" className="px-6 py-3 max-lg:px-4">
      <Loaded query={query} what="The writing settings">
        {(writing) => <Writing campaign={c} writing={writing} open={open} />}
      </Loaded>
    </section>
  );
}

function Writing({
  campaign: c,
  writing,
  open,
}: {
  campaign: CampaignView;
  writing: CampaignWritingView;
  open: boolean;
}) {
  const change = useChangeCampaign(c.id);
  const may = useMay("rep");
  const [changing, setChanging] = useState(false);
  const { settings } = writing;
  const flip = (ai: boolean) =>
    change.mutate(
      { writing: { ...settings, ai } },
      {
        onSuccess: () =>
          toast(`AI is ${ai ? "on" : "off"} in this campaign`, {
            undo: () => change.mutateAsync({ writing: settings }),
          }),
        onError: (error) => toastProblem("Could not change this setting", error),
      },
    );
  return (
    <>
      <Heading
        aside={
          open ? (
            <Button size="sm" onClick={() => setChanging(true)}>
              Change writing
            </Button>
          ) : null
        }
      >
        Writing
      </Heading>
      {writing.ai_enabled ? null : (
        <p role="status" className="text-warm-ink">
          AI is switched off in the whole workspace, so no model writes for this campaign.{" "}
          <Link to="/settings/$section" params={{ section: "writing" }} className="text-accent-ink underline">
            AI settings
          </Link>
        </p>
      )}
      <Switch
        checked={settings.ai !== false}
        disabled={!open || change.isPending}
        onValue={flip}
        label="AI writes for this campaign"
        note={`When off, messages have the default text as their opening line, and no answer is drafted.${may ? "" : " Ask a rep to change this."}`}
      />
      <Facts className="mt-2">
        <Fact label="Tone">{settings.tone || <Unset>House voice</Unset>}</Fact>
        <Fact label="Language">{settings.language || <Unset>Not set</Unset>}</Fact>
        <Fact label="About">
          {settings.context ? (
            <span className="whitespace-pre-wrap">{settings.context}</span>
          ) : (
            <Unset>Nothing is said about the offer</Unset>
          )}
        </Fact>
        <Fact label="Budget">
          <Budget writing={writing} />
        </Fact>
      </Facts>
      <p className="mt-2 text-ink-2">
        {hasStyle(settings)
          ? "Each enrolled lead gets an opening line of its own for this campaign. Until it is written, the lead's own line is used."
          : "This campaign uses the opening line that each lead already has. Set a tone, a language or what it is about to have its own."}
      </p>
      <Example campaign={c} />
      {changing ? <ChangeWriting campaign={c} settings={settings} onClose={() => setChanging(false)} /> : null}
    </>
  );
}

function Unset({ children }: { children: string }) {
  return <span className="text-ink-3">{children}</span>;
}

function Budget({ writing: { settings, spent, reserved, left } }: { writing: CampaignWritingView }) {
  const budget = settings.budget;
  if (typeof budget !== "number" || typeof left !== "number") {
    return <>{spent ? `${cents(spent)} spent, no cap` : "No cap"}</>;
  }
  return (
    <div className="max-w-text">
      <ProgressBar
        className="mt-1.5 !h-2"
        label="Spent and reserved of the campaign's budget"
        total={budget}
        parts={[
          { value: spent, className: "bg-accent", label: `${cents(spent)} spent` },
          { value: reserved, className: "bg-accent-soft", label: `${cents(reserved)} reserved` },
        ]}
      />
      <span className="mt-1 flex flex-wrap gap-x-4">
        <span>
          <b>{cents(spent)}</b> of {dollars(budget)} spent
        </span>
        {reserved ? <span>{cents(reserved)} reserved</span> : null}
        <span className={left === 0 ? "text-warm-ink" : undefined}>{cents(left)} left</span>
      </span>
    </div>
  );
}

/** The opening line that the campaign uses for one of its leads, with the facts that it rests on. */
function Example({ campaign: c }: { campaign: CampaignView }) {
  const people = useQuery(exampleLeadsQuery(c.id));
  const [chosen, setChosen] = useState("");
  const leads = people.data?.items ?? [];
  if (!leads.length) return null;
  return (
    <div className="mt-3 max-w-text">
      <Field label="See it for a lead">
        <Select
          value={chosen}
          placeholder="Choose a lead"
          options={leads.map((lead) => ({ value: lead.lead_id, label: lead.lead_name }))}
          onValue={setChosen}
          className="w-full"
        />
      </Field>
      {chosen ? <LineFor campaign={c.id} lead={chosen} /> : null}
    </div>
  );
}
