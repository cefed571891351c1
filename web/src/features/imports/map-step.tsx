// The mapping of columns: column, first values, field, how many fit. Only open questions are tinted.
import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useEffect, useState } from "react";
import { asProblem } from "@/api/errors";
import { ChangedBy } from "@/app/auth/changed-by";
import { useMay } from "@/app/auth/use-may";
import { keyCaps } from "@/app/commands/registry";
import { fieldsQuery } from "@/app/shared-queries";
import { CountryInput } from "@/shared/forms/country-input";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { cx } from "@/shared/lib/cx";
import { count, plural } from "@/shared/lib/format";
import { useKeys } from "@/shared/lib/keyboard";
import { Button } from "@/shared/ui/button";
import { ProgressBar } from "@/shared/ui/progress";
import { Scrollable } from "@/shared/ui/scrollable";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Switch } from "@/shared/ui/switch";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { ConsentOptions } from "./consent-options";
import { CountryQuestion } from "./country-question";
import {
  type Column,
  chosenUse,
  columnUse,
  type ImportView,
  isNewField,
  mappedSummary,
  mappingProblems,
  needsLook,
  type Options,
  optionsBody,
  targetOptions,
  valuesOf,
} from "./model";
import { OptOutQuestion } from "./opt-out-question";
import { useImportMoves } from "./queries";
import { Reading } from "./reading";
import { type Choice, useColumns } from "./use-columns";
import { ValueChoices } from "./value-choices";

export function MapStep({ view, onChecking }: { view: ImportView; onChecking: () => void }) {
  const { columns, change, sent, answered } = useColumns(view.columns);
  const [options, setOptions] = useState<Options>(view.options);
  const may = useMay("rep");
  const { map, check } = useImportMoves(view.id);
  const fields = useQuery(fieldsQuery).data?.items ?? [];
  const { default_country, country_chosen, values } = view.options;
  useEffect(
    () =>
      setOptions((now) => ({
        ...now,
        default_country,
        country_chosen,
        values: { ...values, bad_values: valuesOf(now).bad_values },
      })),
    [default_country, country_chosen, values],
  );
  const problems = mappingProblems(columns);
  const save = async (next: Column[], opts: Options) => {
    const chosen = sent();
    await map.mutateAsync({
      columns: next.map((c) => ({
        header: c.header,
        target: c.target ?? null,
        field: c.field ?? null,
        no_opt_out: c.no_opt_out ?? false,
      })),
      options: optionsBody(opts),
    });
    answered(chosen);
  };
  const choose = (index: number, value: string) => changeOne(index, { ...chosenUse(value), no_opt_out: false });
  const changeOne = (index: number, to: Choice) => recount(change([index], to), options);
  const asked = columns.filter((c) => c.opt_out_question);
  const made = columns.filter(isNewField).length;
  const leaveOut = () => {
    const indexes = [...columns.keys()].filter((i) => isNewField(columns[i] as Column));
    recount(change(indexes, { target: "ignore" }), options);
  };
  /** The fit is counted again when a column gets another field or numbers another country. */
  const recount = (next: Column[], opts: Options) => {
    if (may && !mappingProblems(next).length) void save(next, opts).catch(() => undefined);
  };
  const chooseCountry = (country: string | null) => {
    const next = { ...options, default_country: country, country_chosen: true };
    setOptions(next);
    recount(columns, next);
  };
  const busy = map.isPending || check.isPending;
  const go = async () => {
    if (!may || problems.length || asked.length || busy) return;
    await save(columns, options);
    await check.mutateAsync();
    onChecking();
  };
  useKeys({ "mod+Enter": () => void go().catch(() => undefined) });
  const rows = view.counts.rows;
  return (
    <>
      <ChangedBy who="rep" className="px-6 pt-2 max-lg:px-4">
        <div className="flex min-h-0 flex-1 max-xl:block max-xl:overflow-y-auto">
          <Scrollable label="Columns" className="min-w-0 flex-1 overflow-auto -outline-offset-2">
            <div className="px-6 max-lg:px-4">
              <Heading
                note={mappedSummary(columns)}
                aside={
                  made > 1 && may ? (
                    <Button kind="link" onClick={leaveOut}>
                      Leave out the {made} new fields
                    </Button>
                  ) : undefined
                }
              >
                Map your columns
              </Heading>
            </div>
            <Table
              edge="none"
              className="border-t"
              headLine
              headClassName="sticky top-0 z-1 bg-canvas max-sm:hidden"
              head={
                <>
                  <Th className="pl-6 max-lg:pl-4">Column in your file</Th>
                  <Th>First values</Th>
                  <Th className="w-6">
                    <span className="sr-only">to</span>
                  </Th>
                  <Th>Maps to</Th>
                  <Th className="pr-6">{view.fits_whole ? "Valid values" : "Valid values in the first rows"}</Th>
                </>
              }
            >
              {columns.map((c, i) => {
                const out = c.target === "ignore";
                return (
                  <Row
                    key={i}
                    size="auto"
                    className={cx(
                      "h-row-field max-sm:block max-sm:h-auto max-sm:px-4 max-sm:py-2",
                      needsLook(c) && "bg-warm-soft shadow-cursor",
                      out && "text-ink-3",
                    )}
                  >
                    <Td className="max-w-45 truncate pl-6 font-medium max-lg:pl-4 max-sm:block max-sm:pl-0">
                      {c.header || "(unnamed)"}
                    </Td>
                    <Td className="max-w-75 truncate text-ink-2 max-sm:block max-sm:pb-1">
                      {c.samples.slice(0, 3).join("  |  ") || "empty"}
                    </Td>
                    <Td wide className="text-ink-2">
                      <ArrowRight size={14} aria-hidden="true" />
                    </Td>
                    <Td className="w-50 max-sm:block max-sm:w-full max-sm:pr-0">
                      <Select
                        aria-label={`${c.header || "Unnamed column"} maps to`}
                        value={columnUse(c)}
                        options={targetOptions(c.header, fields)}
                        onValue={(v) => choose(i, v)}
                        className="w-full"
                      />
                    </Td>
                    <Td className="w-50 pr-6 max-sm:block max-sm:w-full max-sm:pt-1 max-sm:pr-0">
                      {out ? (
                        "not imported"
                      ) : c.of ? (
                        <span className="flex items-center gap-2.5">
                          <ProgressBar
                            className="max-w-[62px]"
                            label="Valid values"
                            total={c.of}
                            parts={[{ value: c.fits, className: "bg-c2" }]}
                          />
                          <span>
                            {count(c.fits)} <span className="text-ink-3">of {count(c.of)}</span>
                          </span>
                        </span>
                      ) : (
                        <span className="text-ink-3">empty</span>
                      )}
                    </Td>
                  </Row>
                );
              })}
            </Table>
          </Scrollable>
          <aside
            aria-label="Options"
            className="w-[344px] shrink-0 space-y-3 overflow-y-auto border-l px-5 py-3 max-xl:w-full max-xl:border-t max-xl:border-l-0"
          >
            <Heading note="nothing is saved yet">Options</Heading>
            <Reading view={view} may={may} />
            {columns.map((c, i) =>
              c.opt_out_question ? (
                <OptOutQuestion
                  key={c.header}
                  column={c}
                  onTarget={(target) => choose(i, target)}
                  onNone={() => changeOne(i, { no_opt_out: true })}
                />
              ) : null,
            )}
            <Field label="If a lead already exists">
              <Select
                value={options.duplicates}
                onValue={(duplicates) => setOptions({ ...options, duplicates })}
                options={[
                  { value: "update_empty", label: "Fill empty fields only" },
                  { value: "overwrite", label: "Overwrite fields" },
                  { value: "skip", label: "Skip the row" },
                ]}
                className="w-full"
              />
            </Field>
            <ValueChoices
              columns={columns}
              fields={fields}
              values={valuesOf(options)}
              onValues={(next, respelled) => {
                const opts = { ...options, values: next };
                setOptions(opts);
                if (respelled) recount(columns, opts);
              }}
            />
            {view.phone_question ? (
              <CountryQuestion
                question={view.phone_question}
                chosen={options.default_country ?? null}
                onChoose={chooseCountry}
              />
            ) : null}
            <Field
              label="Country for phone numbers without a country code"
              help="A country column in the file takes precedence."
            >
              <CountryInput
                value={options.default_country ?? ""}
                onValue={(code) => {
                  if (code !== (options.default_country ?? "")) chooseCountry(code || null);
                }}
              />
            </Field>
            <Field label="Tag">
              <Input
                value={options.tag ?? ""}
                maxLength={60}
                onChange={(e) => setOptions({ ...options, tag: e.target.value || null })}
              />
            </Field>
            <ConsentOptions options={options} onChange={setOptions} />
            <Switch
              checked={options.enrich}
              onValue={(enrich) => setOptions({ ...options, enrich })}
              label="Enrich after import"
              note="Location, time zone, e-mail verification and an opening line."
            />
            {problems.map((p) => (
              <p key={p} className="rounded-control bg-warm-soft px-3 py-2 text-warm-ink">
                {p}
              </p>
            ))}
            {map.error || check.error ? <FormProblem problem={asProblem(map.error ?? check.error)} /> : null}
          </aside>
        </div>
      </ChangedBy>
      {may ? (
        <footer className="flex h-row-bar shrink-0 items-center justify-end gap-2 border-t px-6 max-lg:px-4">
          <Button
            kind="primary"
            hint={keyCaps("mod+Enter")[0]}
            busy={busy}
            disabled={problems.length > 0 || asked.length > 0}
            onClick={() => void go().catch(() => undefined)}
          >
            {rows ? `Check ${plural(rows, "row")}` : "Check all rows"}
          </Button>
        </footer>
      ) : null}
    </>
  );
}
