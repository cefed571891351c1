// What language models were asked for, day by day: a picture or its table, and what each use and model came to.
import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { Drawn } from "@/shared/charts/drawn";
import { MOST_SERIES, SeriesNames, StackedBars, type StackedDatum } from "@/shared/charts/stacked-bars";
import { civilDay, count, plural, share } from "@/shared/lib/format";
import { cents } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { AI_USES } from "./prompts";
import type { AiUsage } from "./spend";

export type Period = "7" | "30" | "90";
type UsageRow = AiUsage["rows"][number];

const PERIODS: { value: Period; label: string }[] = [
  { value: "7", label: "Last 7 days" },
  { value: "30", label: "Last 30 days" },
  { value: "90", label: "Last 90 days" },
];

const DAY = 86_400_000;

/** The period's days in UTC, as providers bill: the last one is today. */
export function daysUpTo(now: Date, period: Period): { from: string; to: string } {
  const iso = (back: number) => new Date(now.getTime() - back * DAY).toISOString().slice(0, 10);
  return { from: iso(Number(period) - 1), to: iso(0) };
}

const daysOf = (from: string, to: string): string[] => {
  const start = Date.parse(`${from}T00:00:00Z`);
  const days = Math.round((Date.parse(`${to}T00:00:00Z`) - start) / DAY) + 1;
  return Array.from({ length: days }, (_, day) => new Date(start + day * DAY).toISOString().slice(0, 10));
};

const calls = ({ answered, lost }: UsageRow["usage"]) => answered + lost;

/** The calls of each day by use, the most frequent first; those that cannot be told apart in a picture are one. */
export function stacked({ from, to, rows }: AiUsage): { names: string[]; days: StackedDatum[] } {
  const totals = new Map<UsageRow["ai_use"], number>();
  for (const { ai_use, usage } of rows) totals.set(ai_use, (totals.get(ai_use) ?? 0) + calls(usage));
  const uses = [...totals].sort((a, b) => b[1] - a[1]).map(([use]) => use);
  const shown = uses.length > MOST_SERIES ? uses.slice(0, MOST_SERIES - 1) : uses;
  const names = [...shown.map((use) => AI_USES[use]), ...(uses.length > shown.length ? ["Other"] : [])];
  const place = (use: UsageRow["ai_use"]) => (shown.includes(use) ? shown.indexOf(use) : names.length - 1);
  const days = daysOf(from, to).map((day) => {
    const values = names.map(() => 0);
    for (const row of rows)
      if (row.day === day) {
        const at = place(row.ai_use);
        values[at] = (values[at] ?? 0) + calls(row.usage);
      }
    return { key: day, label: civilDay(day, { day: "numeric", month: "short" }), values };
  });
  return { names, days };
}

/** One row for each use and model, the dearest first. */
export function byUse(rows: UsageRow[]): (Omit<UsageRow, "day"> & { key: string })[] {
  const sums = new Map<string, Omit<UsageRow, "day"> & { key: string }>();
  for (const { ai_use, model, usage } of rows) {
    const key = `${ai_use} ${model}`;
    const known = sums.get(key)?.usage;
    const tokens = {
      prompt: usage.tokens.prompt + (known?.tokens.prompt ?? 0),
      completion: usage.tokens.completion + (known?.tokens.completion ?? 0),
    };
    const of = (name: "answered" | "lost" | "turned_down" | "cost") => usage[name] + (known?.[name] ?? 0);
    sums.set(key, {
      key,
      ai_use,
      model,
      usage: {
        answered: of("answered"),
        lost: of("lost"),
        turned_down: of("turned_down"),
        cost: of("cost"),
        tokens,
      },
    });
  }
  return [...sums.values()].sort((a, b) => b.usage.cost - a.usage.cost || calls(b.usage) - calls(a.usage));
}

export function AiUsageSection({
  query,
  period,
  onPeriod,
}: {
  query: UseQueryResult<AiUsage>;
  period: Period;
  onPeriod: (period: Period) => void;
}) {
  return (
    <section>
      <Heading
        note="What language models were asked for."
        aside={<Select aria-label="Period" value={period} options={PERIODS} onValue={onPeriod} />}
      >
        Use of AI
      </Heading>
      <Loaded query={query} what="The use of AI">
        {(usage) =>
          usage.rows.length === 0 ? (
            <Empty title="No model was asked" className="!mx-0 mt-4">
              Opening lines, drafts, columns and the reading of answers are counted here, day by day.
            </Empty>
          ) : (
            <Used usage={usage} />
          )
        }
      </Loaded>
    </section>
  );
}

function Used({ usage }: { usage: AiUsage }) {
  const [table, setTable] = useState(false);
  const { names, days } = stacked(usage);
  const { total } = usage;
  const asked = plural(calls(total), "question");
  return (
    <>
      <p className="mt-2 flex flex-wrap gap-x-4 gap-y-1">
        <span>
          <b>{count(calls(total))}</b> {calls(total) === 1 ? "question" : "questions"}
        </span>
        <span>
          <b>{count(total.tokens.prompt + total.tokens.completion)}</b> tokens
        </span>
        <span>
          <b>{cents(total.cost)}</b> cost
        </span>
        <span>
          <b>{share(total.turned_down, total.answered)}</b> {total.answered === 1 ? "answer" : "answers"} turned down
        </span>
      </p>
      <div className="mt-2 flex items-center justify-between gap-4">
        <SeriesNames names={names} />
        <Button kind="link" size="sm" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? "Chart" : "Table"}
        </Button>
      </div>
      {table ? (
        <Table
          edge="none"
          className="mt-2"
          caption="Questions by day"
          scrolls="Questions by day"
          headLine
          head={
            <>
              <Th>Day</Th>
              {names.map((name) => (
                <Th end key={name}>
                  {name}
                </Th>
              ))}
            </>
          }
        >
          {days
            .filter(({ values }) => values.some(Boolean))
            .map((day) => (
              <Row key={day.key} size="sm">
                <Th scope="row" className="font-normal">
                  {day.label}
                </Th>
                {names.map((name, series) => (
                  <Td end key={name}>
                    {count(day.values[series] ?? 0)}
                  </Td>
                ))}
              </Row>
            ))}
        </Table>
      ) : (
        <div className="mt-2">
          <Drawn>
            {(width) => (
              <StackedBars
                data={days}
                label="Questions to models by day"
                said={`${asked} in ${plural(days.length, "day")}; the numbers are in the table`}
                format={count}
                width={width}
              />
            )}
          </Drawn>
        </div>
      )}
      <Table
        edge="none"
        className="mt-4"
        caption="By use and model"
        scrolls="By use and model"
        headLine
        head={
          <>
            <Th>Asked for</Th>
            <Th>Model</Th>
            <Th end>Questions</Th>
            <Th end>Tokens</Th>
            <Th end>Turned down</Th>
            <Th end>Cost</Th>
          </>
        }
      >
        {byUse(usage.rows).map(({ key, ai_use, model, usage: sum }) => (
          <Row key={key}>
            <Th scope="row" className="font-medium">
              {AI_USES[ai_use]}
            </Th>
            <Td>{model}</Td>
            <Td end>{count(calls(sum))}</Td>
            <Td end>{count(sum.tokens.prompt + sum.tokens.completion)}</Td>
            <Td end>{share(sum.turned_down, sum.answered)}</Td>
            <Td end className="font-medium">
              {cents(sum.cost)}
            </Td>
          </Row>
        ))}
      </Table>
    </>
  );
}
