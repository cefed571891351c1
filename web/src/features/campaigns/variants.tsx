// The results of each variant: positive replies as ranges, the rest as numbers, and whether one is ahead.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { CampaignView } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { Ranges } from "@/shared/charts/ranges";
import { count, percent, share } from "@/shared/lib/format";
import { leftOutWords } from "@/shared/lib/machine-visits";
import { STEP_WORDS } from "@/shared/lib/step-kinds";
import { Badge, type Tone } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { Switch } from "@/shared/ui/switch";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { toast, toastProblem } from "@/shared/ui/toast";
import {
  type CampaignVariants,
  campaignVariantsQuery,
  type StepVariants,
  useChangeCampaign,
  type VariantResult,
} from "./queries";
import { TestSize } from "./test-size";

export function VariantsView({ campaign: c, open }: { campaign: CampaignView; open: boolean }) {
  const query = useQuery(campaignVariantsQuery(c.id));
  const change = useChangeCampaign(c.id);
  const may = useMay("rep");
  const promote = (to: boolean) =>
    change.mutate(
      { promotes_winner: to },
      {
        onSuccess: () =>
          toast(to ? "Losing variants are paused automatically" : "Variants are not paused automatically", {
            undo: () => change.mutateAsync({ promotes_winner: !to }),
          }),
        onError: (error) => toastProblem("Could not change this setting", error),
      },
    );
  return (
    <section aria-label="Variants" className="px-6 py-3 max-lg:px-4">
      <Heading note="positive replies per lead contacted">Variants</Heading>
      <Loaded query={query} what="The variants">
        {(found) => (
          <>
            <Steps found={found} sequence={c.sequence_id} promotes={c.promotes_winner} />
            {found.steps.length ? <TestSize campaign={c} found={found} may={open && may} /> : null}
            {found.steps.length ? (
              <Switch
                checked={c.promotes_winner}
                disabled={!open || change.isPending}
                onValue={promote}
                label="Pause losing variants automatically"
                note={`Once per step, in this campaign's version of the sequence, for every campaign that uses it. You are notified and can resume them.${may ? "" : " Ask a rep to change this."}`}
              />
            ) : null}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Steps({ found, sequence, promotes }: { found: CampaignVariants; sequence: string; promotes: boolean }) {
  if (!found.steps.length) {
    return (
      <p className="text-ink-2">
        Every step has one text. Add a variant in{" "}
        <Link to="/sequences/$id" params={{ id: sequence }} className="font-medium text-ink underline">
          the sequence
        </Link>{" "}
        to compare which one gets more replies.
      </p>
    );
  }
  return (
    <div className="grid gap-x-10 gap-y-4 xl:grid-cols-2">
      {found.steps.map((step) => (
        <StepReport key={step.id} step={step} floor={found.leads_per_variant} promotes={promotes} />
      ))}
    </div>
  );
}

const TONES: Record<StepVariants["verdict"], Tone> = {
  too_early: "plain",
  no_difference: "plain",
  ahead: "good",
  mixed: "warm",
};

/** The verdict in words. */
export function verdictWords(step: StepVariants, floor: number, promotes: boolean): { word: string; why: string } {
  const leader = step.variants.find((v) => v.id === step.leader);
  const chance = leader?.best ? `${Math.floor(leader.best * 100)}%` : "";
  switch (step.verdict) {
    case "too_early":
      return {
        word: "Too early to say",
        why: `The variants are compared once, when each active one has reached ${count(floor)} leads. Until then a difference may be chance, and none is shown.`,
      };
    case "no_difference":
      return {
        word: "No difference found",
        why: `When each had reached ${count(floor)} leads, the difference was small enough to be chance.`,
      };
    case "ahead":
      return {
        word: `${leader?.label ?? "One"} is ahead`,
        why: `When the variants were compared, it was the best with ${chance} certainty. ${
          promotes
            ? "The others were paused then, once."
            : "Nothing is paused automatically: pause the others in the sequence."
        }`,
      };
    case "mixed":
      return {
        word: `${leader?.label ?? "One"} is ahead, with a downside`,
        why: `When the variants were compared, it got the most positive replies with ${chance} certainty, but also the most opt-outs or complaints.`,
      };
  }
}

function StepReport({ step, floor, promotes }: { step: StepVariants; floor: number; promotes: boolean }) {
  const [table, setTable] = useState(false);
  const { word, why } = verdictWords(step, floor, promotes);
  const name = `Step ${step.step + 1}, ${STEP_WORDS[step.kind]}`;
  const sent = step.variants.some((v) => v.contacted > 0);
  const max = Math.max(0.02, ...step.variants.filter((v) => v.contacted > 0).map((v) => v.rates.positive_high));
  return (
    <section aria-label={name} className="min-w-0">
      <div className="flex min-h-8 flex-wrap items-center gap-2">
        <h3 className="font-medium">{name}</h3>
        <Badge tone={TONES[step.verdict]}>{word}</Badge>
        {sent ? (
          <Button size="sm" kind="quiet" className="ml-auto" aria-pressed={table} onClick={() => setTable(!table)}>
            {table ? "Ranges" : "Table"}
          </Button>
        ) : null}
      </div>
      {!sent ? (
        <p className="text-ink-2">Not sent yet.</p>
      ) : table ? (
        <Numbers step={step} name={name} />
      ) : (
        <Ranges
          label={`Positive replies, ${name}`}
          max={Math.min(1, max)}
          rows={step.variants.map((v) => ({
            key: v.id,
            label: v.paused ? `${v.label}, paused` : v.label,
            rate: v.contacted
              ? { value: v.rates.positive, low: v.rates.positive_low, high: v.rates.positive_high }
              : undefined,
            words: share(v.positive, v.contacted),
            faint: v.contacted < floor,
            strong: v.id === step.leader,
          }))}
        />
      )}
      <p className="mt-1 text-meta text-ink-2">
        {why} {sent && !table ? "The bar shows the range of the true rate with 95% certainty." : ""}
        {sent && table ? leftOutWords(step.variants.reduce((sum, v) => sum + v.machine_visits, 0)) : ""}
      </p>
    </section>
  );
}

const COLUMNS: { label: string; of: (v: VariantResult) => number }[] = [
  { label: "Delivered", of: (v) => v.delivered },
  { label: "Opened", of: (v) => v.opened },
  { label: "Clicked", of: (v) => v.clicked },
  { label: "Replied", of: (v) => v.replied },
  { label: "Positive", of: (v) => v.positive },
  { label: "Opt-outs", of: (v) => v.opted_out },
  { label: "Complaints", of: (v) => v.complained },
  { label: "Bounced", of: (v) => v.bounced },
];

type Range = Pick<VariantResult["rates"], "positive_low" | "positive_high">;

/**
 * The range of the true rate of positive replies with 95% certainty: "4.1–11.3%"; nothing if no lead got the variant.
 */
export function rangeWords({ contacted, rates }: { contacted: number; rates: Range }): string | undefined {
  if (!contacted) return undefined;
  const points = (rate: number) => (rate * 100).toFixed(1);
  return `${points(rates.positive_low)}–${points(rates.positive_high)}%`;
}

function Numbers({ step, name }: { step: StepVariants; name: string }) {
  return (
    <Table
      scrolls={`Numbers, ${name}`}
      edge="none"
      className="min-w-text"
      head={
        <>
          <Th>Variant</Th>
          <Th end>Leads</Th>
          {COLUMNS.map((column) => (
            <Th end key={column.label}>
              {column.label}
            </Th>
          ))}
          <Th end>Range</Th>
          <Th end>Best</Th>
        </>
      }
      lines
    >
      {step.variants.map((v) => (
        <Row key={v.id} line={false}>
          <Th scope="row" className="max-w-45 truncate font-medium">
            {v.label}
            {v.paused ? <span className="font-normal text-ink-2"> paused</span> : null}
          </Th>
          <Td end>{count(v.contacted)}</Td>
          {COLUMNS.map((column) => (
            <Td end key={column.label} className="whitespace-nowrap">
              {count(column.of(v))}{" "}
              <span className="text-meta text-ink-3">{percent(column.of(v), v.contacted) ?? ""}</span>
            </Td>
          ))}
          <Td end className="whitespace-nowrap">
            {rangeWords(v) ?? "–"}
          </Td>
          <Td end className="whitespace-nowrap">
            {v.best === null || v.best === undefined ? "–" : `${Math.floor(v.best * 100)}%`}
          </Td>
        </Row>
      ))}
    </Table>
  );
}
