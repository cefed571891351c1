// Dates by lead in a simulation, and the text of each message once it is opened.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment, useId, useState } from "react";
import { SmsBill } from "@/shared/editor/sms-size";
import { civilDay, plural } from "@/shared/lib/format";
import { END_WORDS, passedWords, SKIP_WORDS, wordOf } from "@/shared/lib/labels";
import { price } from "@/shared/lib/money";
import { hasWords, STEP_WORDS } from "@/shared/lib/step-kinds";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import {
  type SimulatedPerson,
  type SimulatedStep,
  type SimulatedText,
  simulatedPeopleQuery,
  simulatedTextQuery,
} from "./simulation";
import { stopWord } from "./simulation-stops";

const short = (date: string) => civilDay(date, { weekday: "short", day: "numeric", month: "short" });
export interface Which {
  campaign: string;
  simulation: string;
  currency: string;
}

export function SimulatedPeople({ mailboxes, ...which }: Which & { mailboxes: Map<string, string> }) {
  const query = useInfiniteQuery(simulatedPeopleQuery(which.campaign, which.simulation));
  return (
    <section aria-label="Leads" className="px-6 pb-6 max-lg:px-4">
      <Heading note="each by the clock that is named">Leads</Heading>
      <Loaded query={query} what="The leads">
        {({ pages }) => (
          <>
            <Table
              scrolls="Dates by lead"
              edge="none"
              className="sm:min-w-text"
              head={
                <>
                  <Th>Lead</Th>
                  <Th wide>Time zone</Th>
                  <Th wide>From</Th>
                  <Th className="max-sm:pr-0">Steps</Th>
                  <Th wide>Ends</Th>
                </>
              }
              lines
            >
              {pages.flatMap((page) =>
                page.items.map((person) => (
                  <Person
                    key={person.lead_id}
                    {...which}
                    person={person}
                    from={person.mailbox_id ? mailboxes.get(person.mailbox_id) : undefined}
                  />
                )),
              )}
            </Table>
            {query.hasNextPage ? (
              <Button className="mt-2" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Show more leads
              </Button>
            ) : null}
          </>
        )}
      </Loaded>
    </section>
  );
}

/** The time and the result; or why the step does not happen. */
export function told(step: SimulatedStep): string {
  if (step.held) return `would be held: ${stopWord(step.held, step.kind)}`;
  if (step.local) {
    const came = step.because ? passedWords(step.kind, step.because) : undefined;
    return `${short(step.local.slice(0, 10))} ${step.local.slice(11)}${came ? `, ${came.toLowerCase()}` : ""}`;
  }
  return step.because ? wordOf(SKIP_WORDS, step.because) : "";
}

/** The step's key, unique over versions. */
export const stepKey = (step: SimulatedStep) => `${step.version ?? ""}-${step.step}`;

export function nameOf(step: SimulatedStep): string {
  const kind = STEP_WORDS[step.kind];
  const version = step.version ? ` of version ${step.version}` : "";
  return `${step.step + 1} ${kind}${version}${step.variant ? ` (${step.variant})` : ""}`;
}

/** A lead that was deleted gets no more messages. */
export const canRead = (p: SimulatedPerson, step: SimulatedStep) =>
  !!p.name && hasWords(step.kind) && !!(step.local || step.held);

/** Opens a step's text in `panel`. */
export function Read({
  name,
  step,
  open,
  panel,
  onClick,
}: {
  name: string;
  step: SimulatedStep;
  open: boolean;
  panel: string;
  onClick: () => void;
}) {
  return (
    <Button
      kind="bare"
      aria-expanded={open}
      aria-controls={open ? panel : undefined}
      aria-label={`Read ${nameOf(step)} to ${name}`}
      onClick={onClick}
      className="min-h-6 text-left text-ink-2 underline decoration-dotted underline-offset-4 hover:text-ink max-sm:min-h-11"
    >
      {nameOf(step)}
    </Button>
  );
}

function Person({ person: p, from, ...which }: Which & { person: SimulatedPerson; from?: string }) {
  const [open, setOpen] = useState<SimulatedStep>();
  const isOpen = (step: SimulatedStep) => !!open && stepKey(open) === stepKey(step);
  const { currency } = which;
  const panel = useId();
  const name = p.name ?? "A deleted lead";
  const end = p.end ? END_WORDS[p.end] : "Would be held";
  return (
    <>
      <Row className="align-baseline" line={false}>
        <Td className="py-1.5 max-sm:max-w-30 max-sm:break-words">
          <Link to="/leads/$id" params={{ id: p.lead_id }} className="font-medium hover:underline">
            {name}
          </Link>
          <span className="block text-meta text-ink-2 sm:hidden">{p.zone.replace("/", "/\u200b")}</span>
          {from ? <span className="block text-meta text-ink-2 sm:hidden">{from}</span> : null}
        </Td>
        <Td wide className="py-1.5 whitespace-nowrap text-ink-2">
          {p.zone}
        </Td>
        <Td wide className="py-1.5 text-ink-2">
          {from}
        </Td>
        <Td className="py-1.5 max-sm:pr-0">
          <ul className="flex flex-wrap items-baseline gap-x-4">
            {p.steps.map((step) => (
              <li key={stepKey(step)} className="sm:whitespace-nowrap">
                {canRead(p, step) ? (
                  <Read
                    name={name}
                    step={step}
                    open={isOpen(step)}
                    panel={panel}
                    onClick={() => setOpen(isOpen(step) ? undefined : step)}
                  />
                ) : (
                  <span className="text-ink-2">{nameOf(step)}</span>
                )}{" "}
                {told(step)}
                {typeof step.cost_micros === "number" ? (
                  <span className="text-meta text-ink-2"> {price(step.cost_micros, currency)}</span>
                ) : null}
              </li>
            ))}
          </ul>
          <span className="block text-meta text-ink-2 sm:hidden">{end}</span>
        </Td>
        <Td wide className="py-1.5 text-ink-2">
          {end}
        </Td>
      </Row>
      {open === undefined ? null : (
        <Row size="auto" line={false}>
          <Td colSpan={5} id={panel} className="pb-3">
            <Words
              campaign={which.campaign}
              simulation={which.simulation}
              lead={p.lead_id}
              name={name}
              step={open}
              page={p.page ?? undefined}
            />
          </Td>
        </Row>
      )}
    </>
  );
}

export function Words({
  campaign,
  simulation,
  lead,
  name,
  step,
  page,
}: Omit<Which, "currency"> & { lead: string; name: string; step: SimulatedStep; page?: string }) {
  const query = useQuery(simulatedTextQuery(campaign, simulation, lead, step, page));
  return (
    <section aria-label={`Step ${step.step + 1} to ${name}`} className="max-w-text rounded-panel bg-sunken p-3">
      <Loaded query={query} what="The text">
        {(text) => <Text text={text} />}
      </Loaded>
    </section>
  );
}

function Text({ text: t }: { text: SimulatedText }) {
  const head = [
    ["From", t.from],
    ["To", t.to],
    ["Subject", t.subject],
  ].filter(([, value]) => value);
  return (
    <>
      {head.length ? (
        <dl className="mb-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
          {head.map(([label, value]) => (
            <Fragment key={label}>
              <dt className="text-ink-2">{label}</dt>
              <dd className="break-words">{value}</dd>
            </Fragment>
          ))}
        </dl>
      ) : null}
      {t.error ? <p className="text-warm-ink">It would be held: {t.error}.</p> : null}
      {t.text ? <p className="break-words whitespace-pre-wrap">{t.text}</p> : null}
      {t.sms ? (
        <p className="mt-2 text-meta text-ink-2">
          {plural(t.sms.units, "character")}, <SmsBill segments={t.sms.segments} encoding={t.sms.encoding} />
        </p>
      ) : null}
      <p className="mt-2 text-meta text-ink-2">
        Current text. Unsubscribe and preview links are added when it is sent.
      </p>
    </>
  );
}
