// Two versions side by side in words: steps added, removed, moved and changed, and what changed within one.
import { ArrowUpDown, Equal, Minus, Pencil, Plus } from "lucide-react";
import type { ReactNode } from "react";
import type { Schema } from "@/api/types";
import { cx } from "@/shared/lib/cx";
import { civilDay, words } from "@/shared/lib/format";
import { conditionWords, goalWords, STEP_WORDS } from "@/shared/lib/step-kinds";
import { Badge, type Tone } from "@/shared/ui/badge";
import { delayWords, kindOf, type SendingWindow, type Step, stepTitle, windowWords } from "./model";
import type { DiffAnswer, StepDiff } from "./publish";
import { labelOf, shareOf, type Variant, variantsOf } from "./variants";

type Look = Schema["StepChange"] | "moved";

const LOOK: Record<Look, { word: string; tone: Tone; icon: ReactNode }> = {
  added: { word: "Added", tone: "good", icon: <Plus size={12} aria-hidden="true" /> },
  removed: { word: "Removed", tone: "bad", icon: <Minus size={12} aria-hidden="true" /> },
  moved: { word: "Moved", tone: "accent", icon: <ArrowUpDown size={12} aria-hidden="true" /> },
  changed: { word: "Changed", tone: "warm", icon: <Pencil size={12} aria-hidden="true" /> },
  same: { word: "Same", tone: "plain", icon: <Equal size={12} aria-hidden="true" /> },
};

const FIELD_WORDS: Record<string, string> = {
  body: "Text",
  kind: "Kind",
  not_before: "First day",
  not_after: "Last day",
  variant_shares: "Split",
  variant_words: "Variant text",
  yes: "Yes leads to",
  no: "No leads to",
};

/** Every template's name by its id. */
export type TemplateNames = ReadonlyMap<string, string>;

/** The value of a field in words. */
export function value(step: Step, field: string, others: Step[], templates: TemplateNames): string {
  const raw = (step as unknown as Record<string, unknown>)[field];
  if (field === "delay") return delayWords(step.delay, false);
  if (field === "kind") return STEP_WORDS[kindOf(step)];
  if (field === "condition" && step.kind === "branch") return conditionWords(step.condition);
  if (field === "goal" && step.kind === "goal") return goalWords(step.goal);
  if (field === "yes" || field === "no") {
    const at = others.findIndex((s) => s.id === raw);
    return at < 0 ? "another step" : `step ${at + 1}`;
  }
  if (field === "not_before" || field === "not_after") return raw ? civilDay(String(raw)) : "any day";
  if (field === "task" && step.kind === "task") return STEP_WORDS[step.task];
  if (field === "template") return templateWords(step, templates);
  const variants = variantsOf(step);
  if (field === "variants" || field === "variant_words")
    return variants.map((v, i) => variantWords(v, i, templates)).join("\n") || "none";
  if (field === "variant_shares")
    return variants
      .map((v, i) => `${labelOf(v, i)} ${v.paused ? "paused" : `${Math.round(shareOf(variants, v))}%`}`)
      .join(", ");
  if (typeof raw === "string") return raw || "nothing";
  return raw === null || raw === undefined ? "nothing" : JSON.stringify(raw);
}

function templateWords(of: { template?: string | null } | object, templates: TemplateNames): string {
  const id = "template" in of ? of.template : undefined;
  return id ? (templates.get(id) ?? "a template") : "written here";
}

/** The fields of a variant that can differ: its texts, and the template they come from. */
function variantWords(v: Variant, index: number, templates: TemplateNames): string {
  const from = v.template ? `(${templateWords(v, templates)})` : undefined;
  return [`${labelOf(v, index)}:`, v.template_name, v.language, v.subject, v.body, from].filter(Boolean).join(" ");
}

/** "Step 3, E-mail: …", with the version where it is not the one that the dialog is about. */
export function stepName(step: Step, place: number | undefined, version?: number): string {
  const what = `${STEP_WORDS[kindOf(step)]}: ${stepTitle(step, place ?? 1)}`;
  if (place === undefined) return what;
  return `Step ${place + 1}${version === undefined ? "" : ` of version ${version}`}, ${what}`;
}

export function DiffList({
  answer,
  templates,
  windows,
}: {
  answer: DiffAnswer;
  templates: TemplateNames;
  /** The steps of the older and of the newer version, where they are known. */
  windows?: { was: SendingWindow; is: SendingWindow };
}) {
  const { steps, window_changed: windowChanged } = answer.diff;
  const before = steps.filter((s) => s.before).sort((a, b) => (a.from ?? 0) - (b.from ?? 0));
  const [older, newer] = [
    before.map((s) => s.before as Step),
    steps.filter((s) => s.after).map((s) => s.after as Step),
  ];
  return (
    <ul aria-label={`Version ${answer.version} compared with version ${answer.since}`} className="divide-y border-y">
      {steps.map((row) => (
        <Row key={row.id} row={row} older={older} newer={newer} templates={templates} />
      ))}
      {windowChanged ? (
        <li className="py-1.5">
          <div className="flex min-h-6 items-center gap-2">
            <Badge tone="warm" icon={LOOK.changed?.icon}>
              Changed
            </Badge>
            The sending window
          </div>
          {windows ? (
            <Changes>
              <Change name="Open" was={windowWords(windows.was)} is={windowWords(windows.is)} />
            </Changes>
          ) : null}
        </li>
      ) : null}
    </ul>
  );
}

function Row({
  row,
  older,
  newer,
  templates,
}: {
  row: StepDiff;
  older: Step[];
  newer: Step[];
  templates: TemplateNames;
}) {
  const step = row.after ?? row.before;
  if (!step) return null;
  const place = row.to ?? row.from ?? 0;
  const moved: Look[] = row.moved ? ["moved"] : [];
  const changed: Look[] = row.fields.length ? ["changed"] : [];
  const looks = row.change === "changed" ? [...moved, ...changed] : [row.change];
  return (
    <li className="py-1.5">
      <div className="flex min-h-6 flex-wrap items-center gap-2">
        {looks.map((look) => (
          <Badge key={look} tone={LOOK[look].tone} icon={LOOK[look].icon}>
            {LOOK[look].word}
          </Badge>
        ))}
        <span
          className={cx(
            "min-w-0 flex-1 break-words sm:truncate max-sm:basis-37.5",
            row.change === "removed" && "text-ink-2 line-through",
          )}
        >
          {stepName(step, place)}
        </span>
        {row.moved ? (
          <span className="text-meta text-ink-3">
            step {(row.from ?? 0) + 1}, now step {(row.to ?? 0) + 1}
          </span>
        ) : null}
      </div>
      {row.before && row.after && row.fields.length ? (
        <Changes>
          {row.fields.map((field) => (
            <Change
              key={field}
              name={FIELD_WORDS[field] ?? words(field)}
              was={value(row.before as Step, field, older, templates)}
              is={value(row.after as Step, field, newer, templates)}
            />
          ))}
        </Changes>
      ) : null}
    </li>
  );
}

function Changes({ children }: { children: ReactNode }) {
  return <dl className="mt-1 grid grid-cols-[88px_minmax(0,1fr)] gap-x-3 gap-y-1 text-meta">{children}</dl>;
}

function Change({ name, was, is }: { name: string; was: string; is: string }) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">
        <del className="block whitespace-pre-wrap text-ink-2">
          <span className="sr-only">was: </span>
          {was}
        </del>
        <ins className="block whitespace-pre-wrap no-underline">
          <span className="sr-only">is: </span>
          {is}
        </ins>
      </dd>
    </>
  );
}
