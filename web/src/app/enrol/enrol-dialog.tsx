// The dialog in which a user chooses the campaign for a number of leads.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { asProblem } from "@/api/errors";
import { Field } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { count as number, plural, words } from "@/shared/lib/format";
import { CAMPAIGN_WORDS, LEFT_OUT_WORDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { Switch } from "@/shared/ui/switch";
import { toast } from "@/shared/ui/toast";
import {
  campaignsQuery,
  type EnrolAnswer,
  enrolCheckQuery,
  type LookedAt,
  lookedAt,
  useEnrol,
  type Whom,
} from "./queries";

export interface EnrolDialogProps {
  open: boolean;
  onClose: () => void;
  count: number;
  whom: Whom;
  /** Set when the campaign is given by the page. */
  campaign?: { id: string; name: string };
  onDone?: () => void;
}

export function EnrolDialog({ open, onClose, count, whom, campaign, onDone }: EnrolDialogProps) {
  const campaigns = useQuery({ ...campaignsQuery, enabled: open && !campaign });
  const [chosen, setChosen] = useState("");
  const [missingValues, setMissingValues] = useState(false);
  const [answer, setAnswer] = useState<EnrolAnswer>();
  const bulk = useEnrol();
  const choices = (campaigns.data?.items ?? []).filter(
    (c) => c.state === "draft" || c.state === "active" || c.state === "paused",
  );
  const target = campaign?.id ?? chosen;
  const name = campaign?.name ?? choices.find((c) => c.id === chosen)?.name ?? "";
  const check = useInfiniteQuery({
    ...enrolCheckQuery(whom, target, missingValues),
    enabled: open && !!target && count > 0,
  });
  const told = useMemo(() => (check.data ? lookedAt(check.data.pages) : undefined), [check.data]);
  const going = count - (told ? leftOut(told) : 0);
  const none = going <= 0 && !check.hasNextPage;
  const atMost = going < count && check.hasNextPage ? "up to " : "";
  // A check of all leads is answered in parts, one after another.
  const [everybody, setEverybody] = useState(false);
  const { hasNextPage, isFetching, isError, fetchNextPage } = check;
  useEffect(() => {
    if (told && everybody && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [told, everybody, hasNextPage, isFetching, isError, fetchNextPage]);
  const close = () => {
    bulk.reset();
    setAnswer(undefined);
    setMissingValues(false);
    setEverybody(false);
    onClose();
  };
  const run = async () => {
    const done = await bulk.mutateAsync({ whom, campaign: target, missingValues });
    onDone?.();
    if (done.skipped.length) {
      setAnswer(done);
      return;
    }
    toast(
      done.job
        ? `Enrolling ${plural(done.matched, "lead")} in ${name}; the campaign page shows who is left out`
        : `${plural(done.enrolled, "lead")} enrolled in ${name}`,
    );
    close();
  };
  if (answer) return <Answer open={open} answer={answer} name={name} onClose={close} />;
  return (
    <Dialog
      open={open}
      onClose={close}
      title={`Enrol ${plural(count, "lead")}`}
      footer={
        <>
          <Button
            kind="primary"
            disabled={!target || none}
            busy={bulk.isPending}
            onClick={() => void run().catch(() => undefined)}
          >
            {told && none ? "No leads to enrol" : `Enrol ${atMost}${plural(going, "lead")}`}
          </Button>
          <Button kind="quiet" onClick={close}>
            Cancel
          </Button>
        </>
      }
    >
      <div className="space-y-3">
        {bulk.error ? <FormProblem problem={asProblem(bulk.error)} /> : null}
        {campaign ? (
          <p className="text-ink-2">
            They start <strong className="font-medium text-ink">{campaign.name}</strong> at its first step.
          </p>
        ) : choices.length === 0 && campaigns.data ? (
          <p className="text-ink-2">
            No campaign accepts leads yet.{" "}
            <Link to="/campaigns" onClick={close} className="font-medium text-accent-ink underline">
              Create one
            </Link>
          </p>
        ) : (
          <Field label="Campaign" help="Leads in a draft wait until you launch it.">
            <Select
              value={chosen}
              onValue={setChosen}
              placeholder={campaigns.isPending ? "Loading campaigns" : "Choose a campaign"}
              options={choices.map((c) => ({
                value: c.id,
                label: `${c.name} (${CAMPAIGN_WORDS[c.state].word.toLowerCase()})`,
              }))}
              className="w-full"
            />
          </Field>
        )}
        <p className="text-meta text-ink-3">
          Leads that are already enrolled, asked not to be contacted or cannot be reached are left out.
        </p>
        <div aria-live="polite">
          {told ? <LeftOut told={told} /> : null}
          {told ? <Closed told={told} /> : null}
          {told && hasNextPage && !isError ? (
            <Button
              size="sm"
              className="mt-2"
              busy={check.isFetchingNextPage || everybody}
              onClick={() => setEverybody(true)}
            >
              Check the other {number(told.matched - told.looked_at)}
            </Button>
          ) : null}
          {check.error ? (
            <p className="text-bad-ink">
              Could not check who would be left out: {asProblem(check.error).detail}{" "}
              <Button size="sm" onClick={() => void (told ? fetchNextPage() : check.refetch())}>
                Check again
              </Button>
            </p>
          ) : isFetching && !told ? (
            <p className="text-ink-2">Checking who would be left out…</p>
          ) : null}
        </div>
        {missingValues || told?.left_out.some((row) => row.reason === "missing_value") ? (
          <Switch
            checked={missingValues}
            onValue={setMissingValues}
            label="Also enrol leads with missing values"
            note="They are held at the step that needs the value until you fill it in."
          />
        ) : null}
      </div>
    </Dialog>
  );
}

function Answer({
  open,
  answer,
  name,
  onClose,
}: {
  open: boolean;
  answer: EnrolAnswer;
  name: string;
  onClose: () => void;
}) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`${plural(answer.enrolled, "lead")} enrolled in ${name}`}
      footer={
        <Button kind="primary" onClick={onClose}>
          Close
        </Button>
      }
    >
      <p className="text-ink-2">{plural(answer.skipped.length, "lead was", "leads were")} left out:</p>
      <Reasons answer={answer} />
    </Dialog>
  );
}

const leftOut = (told: LookedAt) => told.left_out.reduce((sum, row) => sum + row.people, 0);

/** The leads that a check leaves out, shown before anything happens. */
function LeftOut({ told }: { told: LookedAt }) {
  const some = told.looked_at < told.matched;
  const of = some ? `Of the first ${number(told.looked_at)} of ${number(told.matched)}, ` : "";
  const people = leftOut(told);
  if (people === 0)
    return <p className="text-ink-2">{some ? `${of}none would be left out.` : "No one would be left out."}</p>;
  return (
    <>
      <p className="text-ink-2">
        {of}
        {plural(people, "lead")} would be left out:
      </p>
      <Reasons answer={told} />
    </>
  );
}

/** Leads that will be enrolled although the user may not expect it. */
function Closed({ told: { won, lost } }: { told: LookedAt }) {
  const parts = [won > 0 && `${number(won)} already won`, lost > 0 && `${number(lost)} marked as lost`];
  const said = parts.filter(Boolean).join(", ");
  return said ? <p className="mt-2 text-warm-ink">These include {said}.</p> : null;
}

function Reasons({ answer }: { answer: Pick<LookedAt, "left_out" | "skipped"> }) {
  const fields = new Map<string, number>();
  for (const { lacks } of answer.skipped) if (lacks) fields.set(lacks, (fields.get(lacks) ?? 0) + 1);
  const missingValues = [...fields].map(([field, n]) => `${words(field)} ${number(n)}`).join(", ");
  return (
    <ul className="mt-2 divide-y border-y">
      {answer.left_out.map(({ reason, people }) => (
        <li key={reason} className="flex min-h-9 items-center justify-between gap-3">
          <span>
            {LEFT_OUT_WORDS[reason]}
            {reason === "missing_value" && missingValues ? (
              <span className="ml-1.5 text-meta text-ink-3">{missingValues}</span>
            ) : null}
          </span>
          <span className="font-medium">{number(people)}</span>
        </li>
      ))}
    </ul>
  );
}
