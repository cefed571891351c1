// The dialog before a version is published: its changes, the active leads by step, and what happens to them.
import { useState } from "react";
import { asProblem } from "@/api/errors";
import { MissingValues } from "@/app/parts/missing-values";
import { Field } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { count, plural } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { DiffList, stepName, type TemplateNames } from "./diff-list";
import type { SendingWindow, Step } from "./model";
import {
  type DiffAnswer,
  defaultTarget,
  EXIT,
  type Mapping,
  type PeopleChoice,
  placeOf,
  type Standing,
  type Version,
} from "./publish";

export type Choice = PeopleChoice | "patch";

export interface Decision {
  choice: Choice;
  mapping: Mapping;
}

export function PublishDialog({
  answer,
  versions,
  window: unsaved,
  templates,
  saved,
  busy,
  error,
  onPublish,
  onSaveOnly,
  onClose,
}: {
  answer: DiffAnswer;
  /** The saved versions, newest first. */
  versions: Version[];
  /** The version is not saved yet. */
  window: SendingWindow;
  templates: TemplateNames;
  /** The version is already saved. */
  saved: boolean;
  busy: boolean;
  error: unknown;
  onPublish: (decision: Decision) => void;
  onSaveOnly?: () => void;
  onClose: () => void;
}) {
  const { version, since, people, gone, diff, missing_values: missingValues } = answer;
  const total = people.reduce((sum, row) => sum + row.people, 0);
  const patch = !saved && diff.is_patch;
  const [choice, setChoice] = useState<Choice>(patch ? "patch" : "keep");
  const newer = diff.steps.filter((s) => s.after).map((s) => s.after as Step);
  const older = diff.steps.filter((s) => s.before).sort((a, b) => (a.from ?? 0) - (b.from ?? 0));
  const [mapping, setMapping] = useState<Mapping>(() => {
    const before = older.map((s) => s.before as Step);
    return Object.fromEntries(gone.map((step) => [step.id ?? "", defaultTarget(step, before, newer)]));
  });
  const windowOf = (n: number) => versions.find((v) => v.version === n)?.window;
  const [was, is] = [windowOf(since), saved ? windowOf(version) : unsaved];
  /** The step's name on an older version. */
  const nameOf = (step: Step, on?: number) => {
    const found = placeOf(answer, versions, step.id, on);
    return stepName(step, found?.place, on === undefined && found?.version !== since ? found?.version : undefined);
  };
  const everybody = plural(total, "lead");
  const choices: { id: Choice; label: string; what: string }[] = [
    ...(patch
      ? [
          {
            id: "patch" as const,
            label: `Correct the text of version ${since}`,
            what: `Leads on version ${since} get the corrected text for steps not sent yet. It stays version ${since}, and the correction is recorded.`,
          },
        ]
      : []),
    {
      id: "keep",
      label: total ? "Keep them on their version" : "For new leads only",
      what: total
        ? `${everybody} finish on their current version. New leads start with version ${version}.`
        : `No leads are active on another version. New leads start with version ${version}.`,
    },
    ...(total
      ? [
          {
            id: "next_step" as const,
            label: "Move them at their next step",
            what: `Each lead completes the current step as it was, then continues with the following step of version ${version}.`,
          },
          {
            id: "now" as const,
            label: "Move them now",
            what: `Each lead continues from the same step in version ${version}. Leads in the middle of a send or a task move afterwards.`,
          },
        ]
      : []),
  ];
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={saved ? `Publish version ${version}` : `Version ${version} of this sequence`}
      description={`${saved ? "Published" : "Saved and published"} to ${plural(answer.campaigns, "campaign")}. No lead gets the same step twice.`}
      footer={
        <>
          <Button
            kind="primary"
            busy={busy}
            onClick={() => onPublish({ choice, mapping: choice === "now" ? mapping : {} })}
          >
            {choice === "patch" ? `Correct version ${since}` : `Publish version ${version}`}
          </Button>
          {onSaveOnly ? (
            <Button kind="quiet" disabled={busy} onClick={onSaveOnly}>
              Save only
            </Button>
          ) : null}
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      {error ? <FormProblem problem={asProblem(error)} fields={[]} /> : null}
      <Heading note={`compared with version ${since}`}>What changes</Heading>
      {diff.unchanged ? (
        <p className="text-ink-2">Nothing. The steps are the same.</p>
      ) : (
        <DiffList answer={answer} templates={templates} windows={was && is ? { was, is } : undefined} />
      )}
      <Heading className="mt-3" note={total ? everybody : undefined}>
        Active leads
      </Heading>
      {total ? <Standings rows={people} nameOf={nameOf} /> : <p className="text-ink-2">No leads on another version.</p>}
      {missingValues && choice !== "keep" ? (
        <div className="mt-3">
          <MissingValues
            people={missingValues.people}
            lookedAt={missingValues.looked_at}
            more={missingValues.more}
            fields={Object.entries(missingValues.fields)
              .map(([field, people]) => ({ field, people }))
              .sort((a, b) => b.people - a.people)}
          />
        </div>
      ) : null}
      <fieldset className="mt-4">
        <legend className="font-semibold">What happens to them</legend>
        {choices.map((c) => (
          <label key={c.id} className="mt-2 flex gap-2.5">
            <input
              type="radio"
              name="people"
              className="mt-0.5 size-4 shrink-0 accent-(--accent)"
              checked={choice === c.id}
              onChange={() => setChoice(c.id)}
            />
            <span>
              <span className="font-medium">{c.label}</span>
              <span className="block text-ink-2">{c.what}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {choice === "now" && gone.length ? (
        <fieldset className="mt-4">
          <legend className="font-semibold">Where leads from removed steps go</legend>
          {gone.map((step) => (
            <Field key={step.id} label={nameOf(step)} className="mt-2">
              <Select
                value={mapping[step.id ?? ""] ?? EXIT}
                options={[
                  ...newer.map((s, i) => ({ value: s.id ?? "", label: stepName(s, i) })),
                  { value: EXIT, label: "Remove from the sequence" },
                ]}
                onValue={(to) => setMapping({ ...mapping, [step.id ?? ""]: to })}
                className="w-full"
              />
            </Field>
          ))}
        </fieldset>
      ) : null}
    </Dialog>
  );
}

function Standings({ rows, nameOf }: { rows: Standing[]; nameOf: (step: Step, on: number) => string }) {
  return (
    <Table
      scrolls="Leads by step"
      edge="none"
      headClassName="text-meta"
      head={
        <>
          <Th>Campaign</Th>
          <Th wide>Version</Th>
          <Th>Next step</Th>
          <Th end>Leads</Th>
        </>
      }
      lines
    >
      {rows.map((row) => (
        <Row key={`${row.campaign_id}${row.version}${row.step_id}`} line={false}>
          <Td className="max-w-40 break-words sm:truncate max-sm:max-w-24">
            {row.campaign_name}
            <span className="block text-meta text-ink-2 sm:hidden">v{row.version}</span>
          </Td>
          <Td wide>v{row.version}</Td>
          <Td>
            <span className="flex max-w-72 items-center gap-x-2 max-sm:max-w-32 max-sm:flex-wrap sm:min-w-36">
              <span className="break-words sm:truncate max-sm:max-w-full">{nameOf(row.step, row.version)}</span>
              {row.gone ? <Badge tone="bad">Removed</Badge> : null}
            </span>
          </Td>
          <Td end>{count(row.people)}</Td>
        </Row>
      ))}
    </Table>
  );
}
