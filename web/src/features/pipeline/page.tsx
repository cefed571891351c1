// The health of the pipeline: what is expected by month, whether it reaches what was won before, and how leads go
// through the stages.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useSees } from "@/app/auth/use-sees";
import { Page, Scroll } from "@/app/shell/page";
import { Bars, LyingBars } from "@/shared/charts/bars";
import { sumWords, valueWords, weightedWords } from "@/shared/lib/deals";
import { count, monthName, numberFormat, plural } from "@/shared/lib/format";
import { money } from "@/shared/lib/money";
import { stageWord } from "@/shared/lib/stages";
import { Figures, Heading, StatTile } from "@/shared/ui/section";
import { Empty, Loaded, useTogether } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { coverageOf, currenciesOf, medianWords, monthIn, weightedNote, wentOnWords } from "./model";
import { type Forecast, forecastQuery, type Health, healthQuery } from "./queries";

export function PipelinePage() {
  const seesTotals = useSees() !== "own";
  const forecast = useQuery(forecastQuery);
  const health = useQuery({ ...healthQuery, enabled: seesTotals });
  const isThere = useTogether(seesTotals ? [forecast, health] : [forecast], "pipeline");
  return (
    <Page title="Pipeline" parent={{ to: "/leads", label: "Leads" }}>
      <Scroll>
        <Loaded query={isThere ? forecast : { ...forecast, data: undefined }} what="The pipeline">
          {(months) => (
            <>
              {seesTotals && health.data ? <Coverage health={health.data} /> : null}
              <ForecastMonths forecast={months} isOwn={!seesTotals} />
              {seesTotals ? (
                <Loaded query={health} what="The stages">
                  {(known) => <Stages health={known} />}
                </Loaded>
              ) : null}
            </>
          )}
        </Loaded>
      </Scroll>
    </Page>
  );
}

const times = (n: number) => numberFormat({ maximumFractionDigits: 1 }).format(n);

function Coverage({ health }: { health: Health }) {
  const coverage = coverageOf(health);
  const several = coverage.length > 1;
  return (
    <Figures className="mx-6 max-lg:mx-4">
      <StatTile
        label="Expected this month"
        figure={weightedWords(health.this_month)}
        note={weightedNote(health.this_month)}
      />
      <StatTile
        label="Expected within three months"
        figure={weightedWords(health.three_months)}
        note={weightedNote(health.three_months)}
      />
      <StatTile
        label="Pipeline coverage"
        figure={coverage.map((c) => `${times(c.times)}×${several ? ` ${c.currency}` : ""}`).join(", ") || "–"}
        note={
          coverage.length
            ? `of ${valueWords(health.won_three_months)} won in the last three months`
            : "No deal with a value was won in the last three months"
        }
      />
      <StatTile
        label="Time to win"
        figure={medianWords(health.hours_to_win)}
        note={`median of ${plural(health.won, "lead")} won in ${health.days} days`}
      />
    </Figures>
  );
}

function ForecastMonths({ forecast, isOwn }: { forecast: Forecast; isOwn: boolean }) {
  const currencies = currenciesOf(forecast);
  return (
    <section aria-label="Forecast" className="border-b px-6 pb-4 max-lg:px-4">
      <Heading note={isOwn ? "deals of your leads, by close date" : "by close date"}>Forecast</Heading>
      {forecast.cut_off ? (
        <p role="note" className="mb-2 text-ink-2">
          There are more than 10,000 deals, and these sums have the first 10,000 only.
        </p>
      ) : null}
      {forecast.overdue.deals ? (
        <p role="note" className="mb-2 text-ink-2">
          Overdue from earlier months: {sumWords(forecast.overdue)}. Set new close dates, or close them.
        </p>
      ) : null}
      {currencies.length === 0 ? (
        <Empty title="No deals in these months" className="!mx-0">
          Open a lead and add a deal. Its value appears here in the month of its close date.
        </Empty>
      ) : null}
      {currencies.map((currency) => (
        <InCurrency key={currency} forecast={forecast} currency={currency} />
      ))}
    </section>
  );
}

/** The months in one currency; different currencies are never added. */
function InCurrency({ forecast, currency }: { forecast: Forecast; currency: string }) {
  const amount = (minor: number) => money({ amount_minor: minor, currency });
  const rows = forecast.months.map((month) => ({ month: month.month, ...monthIn(month, currency) }));
  const name = (month: string, style: "short" | "long") => monthName(`${month}-01`, style);
  return (
    <div className="grid gap-6 py-2 xl:grid-cols-2">
      <Bars
        label={`Won and weighted value by month in ${currency}`}
        said="the table beside has the numbers"
        width={560}
        height={200}
        format={(n) => amount(Math.round(n / 100) * 100)}
        data={rows.map(({ month, weighted, won }) => ({
          key: month,
          label: name(month, "short"),
          value: won,
          planned: weighted,
        }))}
      />
      <Table
        caption={`Forecast in ${currency}`}
        head={
          <>
            <Th>Month</Th>
            <Th end>Won</Th>
            <Th end>Open</Th>
            <Th end>Weighted</Th>
          </>
        }
      >
        {rows.map(({ month, open, weighted, won }) => (
          <Row key={month} size="sm">
            <Th scope="row">
              {name(month, "long")}
              {month === forecast.this_month ? <span className="ml-1.5 text-ink-2">this month</span> : null}
            </Th>
            <Td end>{won ? amount(won) : "–"}</Td>
            <Td end>{open ? amount(open) : "–"}</Td>
            <Td end>{weighted ? amount(weighted) : "–"}</Td>
          </Row>
        ))}
      </Table>
    </div>
  );
}

function Stages({ health }: { health: Health }) {
  const leads = (stage: Health["stages"][number]) =>
    stage.under_7_days + stage.under_30_days + stage.under_90_days + stage.over_90_days;
  const isEmpty = health.stages.every((stage) => leads(stage) === 0 && stage.left === 0);
  const stale = health.stages.filter((stage) => stage.stale > 0);
  return (
    <>
      {health.cut_off ? (
        <p role="note" className="px-6 pt-4 text-ink-2 max-lg:px-4">
          There are more deals or moves than are read, and these figures leave some out.
        </p>
      ) : null}
      <section aria-label="Stages" className="border-b px-6 pb-4 max-lg:px-4">
        <Heading note={`conversion and times of leads that left the stage in the last ${health.days} days`}>
          Stages
        </Heading>
        {isEmpty ? (
          <Empty title="No leads in the pipeline" className="!mx-0">
            Add leads, and move them through the stages of the board.
          </Empty>
        ) : (
          <Table
            scrolls="Table of stages"
            caption="Stages"
            head={
              <>
                <Th>Stage</Th>
                <Th end>Leads</Th>
                <Th>Open deals</Th>
                <Th end>Moved on, of those who left</Th>
                <Th end>Lost</Th>
                <Th end>Median time</Th>
              </>
            }
          >
            {health.stages.map((stage) => (
              <Row key={stage.stage}>
                <Th scope="row">
                  <Link
                    to="/leads"
                    search={{ f: `status:${stage.stage}`, sort: "stage_since" }}
                    className="hover:underline"
                  >
                    {stageWord(stage.stage)}
                  </Link>
                </Th>
                <Td end>{count(leads(stage))}</Td>
                <Td>{sumWords(stage.deals)}</Td>
                <Td end>{wentOnWords(stage)}</Td>
                <Td end>{stage.left ? count(stage.lost) : "–"}</Td>
                <Td end>{medianWords(stage.median_hours)}</Td>
              </Row>
            ))}
          </Table>
        )}
      </section>
      {isEmpty ? null : (
        <section aria-label="Ages" className="px-6 pb-6 max-lg:px-4">
          <Heading note="days that open leads have been in their stage">Ages</Heading>
          <div className="grid gap-6 xl:grid-cols-2">
            <Table
              scrolls="Table of ages"
              caption="Leads by the days in their stage"
              head={
                <>
                  <Th>Stage</Th>
                  <Th end>Under 7</Th>
                  <Th end>7 to 29</Th>
                  <Th end>30 to 89</Th>
                  <Th end>90 and more</Th>
                </>
              }
            >
              {health.stages.map((stage) => (
                <Row key={stage.stage} size="sm">
                  <Th scope="row">{stageWord(stage.stage)}</Th>
                  <Td end>{count(stage.under_7_days)}</Td>
                  <Td end>{count(stage.under_30_days)}</Td>
                  <Td end>{count(stage.under_90_days)}</Td>
                  <Td end>{count(stage.over_90_days)}</Td>
                </Row>
              ))}
            </Table>
            <div>
              <h3 className="mb-2 font-medium">Stale leads</h3>
              {stale.length ? (
                <LyingBars
                  label="Stale leads by stage"
                  tone="hatch"
                  data={stale.map((s) => ({ key: s.stage, label: stageWord(s.stage), value: s.stale }))}
                />
              ) : (
                <p className="text-ink-2">No stale leads.</p>
              )}
            </div>
          </div>
        </section>
      )}
    </>
  );
}
