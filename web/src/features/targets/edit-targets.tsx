// Sets the targets of a month in place: one row for the team and one for each member. Enter saves, Escape goes back.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { FIGURE_NAMES, FIGURES, type Figure } from "@/app/targets/figures";
import { pastTargetsQuery, type Targets, useSetTargets } from "@/app/targets/queries";
import { Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { monthAfter, monthWords } from "@/shared/lib/months";
import { Button } from "@/shared/ui/button";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { toast, toastProblem } from "@/shared/ui/toast";
import { bodyOf, cellName, copied, type Drafts, draftsOf, faultsOf, TEAM } from "./model";

export function EditTargets({ targets, onClose }: { targets: Targets; onClose: () => void }) {
  const cache = useQueryClient();
  const { currency, month } = targets;
  const save = useSetTargets(month);
  // What another user saves meanwhile must not be overwritten: this is what the user saw.
  const [seen] = useState(targets);
  const before = draftsOf(seen);
  const form = useForm<{ rows: Drafts }>(
    { rows: before },
    async ({ rows }) => {
      const { rev } = await save.mutateAsync(bodyOf(rows, currency, seen.rev));
      toast("Targets saved", { undo: () => save.mutateAsync(bodyOf(before, currency, rev)) });
      onClose();
    },
    ({ rows }) => faultsOf(rows, currency),
  );
  const { rows } = form.values;
  const change = (row: string, figure: Figure, text: string) => {
    const draft = rows[row];
    if (draft) form.set("rows", { ...rows, [row]: { ...draft, [figure]: text } });
    form.mended(cellName(row, figure));
  };
  const last = monthAfter(month, -1);
  const copy = async () => {
    try {
      form.set("rows", copied(rows, await cache.fetchQuery(pastTargetsQuery(last))));
    } catch (error) {
      toastProblem(`Could not read the targets of ${monthWords(last)}`, error);
    }
  };
  const names: [string, string][] = [
    ...(seen.team ? [[TEAM, "Team"] as [string, string]] : []),
    ...seen.members.map(({ user, name }): [string, string] => [user, name]),
  ];
  const faults = [...new Set(Object.values(form.errors))];
  return (
    <form
      onSubmit={form.submit}
      noValidate
      aria-label="Set targets"
      className="px-6 pb-4 max-lg:px-4"
      onKeyDown={(event) => {
        if (event.key === "Escape" && !form.busy) {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <Table
        caption="Targets"
        scrolls="Table of targets"
        head={
          <>
            <Th>Team member</Th>
            {FIGURES.map((figure) => (
              <Th key={figure} className="min-w-32">
                {FIGURE_NAMES[figure]}
                {figure === "collected" ? `, ${currency}` : ""}
              </Th>
            ))}
          </>
        }
      >
        {names.map(([row, name], at) => (
          <Row key={row} size="lg">
            <Th scope="row" className="whitespace-nowrap">
              {name}
            </Th>
            {FIGURES.map((figure) => (
              <Td key={figure} className="py-1">
                <Input
                  aria-label={`${FIGURE_NAMES[figure]}, ${name}`}
                  aria-invalid={form.errors[cellName(row, figure)] ? true : undefined}
                  inputMode={figure === "collected" ? "decimal" : "numeric"}
                  autoFocus={at === 0 && figure === "calls"}
                  value={rows[row]?.[figure] ?? ""}
                  onChange={(event) => change(row, figure, event.target.value)}
                />
              </Td>
            ))}
          </Row>
        ))}
      </Table>
      <div className="space-y-3 pt-3">
        {faults.map((fault) => (
          <p key={fault} role="alert" className="text-bad-ink">
            {fault}
          </p>
        ))}
        {form.problem ? <FormProblem problem={form.problem} /> : null}
        <p className="text-ink-2">Leave empty for none. The targets of the team and of its members are separate.</p>
        <div className="flex flex-wrap gap-2">
          <Button kind="primary" type="submit" busy={form.busy}>
            Save targets
          </Button>
          <Button onClick={() => void copy()}>Copy {monthWords(last)}</Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </div>
    </form>
  );
}
