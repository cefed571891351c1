// What was reached in the last months, one figure at a time, as bars and as a table.
import { useState } from "react";
import { useIdentity } from "@/app/auth/use-session";
import { FIGURE_NAMES, FIGURES, type Figure, figureWords } from "@/app/targets/figures";
import type { Progress, Targets } from "@/app/targets/queries";
import { Bars } from "@/shared/charts/bars";
import { monthName } from "@/shared/lib/format";
import { monthWords } from "@/shared/lib/months";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Row, Table, Td, Th } from "@/shared/ui/table";

/** The team's figure, or that of the user where the team's is not shown. */
const progressIn = (targets: Targets, figure: Figure, me: string | undefined): Progress | undefined => {
  const own = targets.members.find((member) => member.user === me)?.progress;
  return (targets.team ?? own)?.[figure];
};

export function MonthsBefore({ months }: { months: Targets[] }) {
  const me = useIdentity()?.user.id;
  const [figure, setFigure] = useState<Figure>("calls");
  const rows = months.flatMap((targets) => {
    const progress = progressIn(targets, figure, me);
    return progress ? [{ targets, progress }] : [];
  });
  if (rows.length < 2) return null;
  const whose = rows.some(({ targets }) => targets.team) ? "of the team" : "yours";
  const currency = rows.at(-1)?.targets.currency ?? "";
  return (
    <section aria-label="Last months" className="px-6 pb-6 max-lg:px-4">
      <Heading
        note={whose}
        aside={
          <Select
            aria-label="Figure"
            value={figure}
            options={FIGURES.map((one) => ({ value: one, label: FIGURE_NAMES[one] }))}
            onValue={(next) => setFigure(next as Figure)}
          />
        }
      >
        Last months
      </Heading>
      <div className="grid gap-6 py-2 xl:grid-cols-2">
        <Bars
          label={`${FIGURE_NAMES[figure]} by month`}
          said="the table beside has the numbers"
          width={560}
          height={180}
          format={(n) => figureWords(figure, n, currency)}
          data={rows.map(({ targets, progress }) => ({
            key: targets.month,
            label: monthName(`${targets.month}-01`, "short"),
            value: Math.max(0, progress.actual),
            strong: typeof progress.target !== "number" || progress.actual >= progress.target,
          }))}
        />
        <Table
          caption={`${FIGURE_NAMES[figure]} by month`}
          head={
            <>
              <Th>Month</Th>
              <Th end>Reached</Th>
              <Th end>Target</Th>
            </>
          }
        >
          {rows.map(({ targets, progress }) => (
            <Row key={targets.month} size="sm">
              <Th scope="row">{monthWords(targets.month)}</Th>
              <Td end>{figureWords(figure, progress.actual, targets.currency)}</Td>
              <Td end>
                {typeof progress.target === "number" ? figureWords(figure, progress.target, targets.currency) : "–"}
              </Td>
            </Row>
          ))}
        </Table>
      </div>
    </section>
  );
}
