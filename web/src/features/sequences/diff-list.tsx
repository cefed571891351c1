// Two versions side by side in words: steps added, removed, moved and changed, and what changed within one.
import { ArrowUpDown, Equal, Minus, Pencil, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";
import { words } from "@/shared/lib/format";
import { STEP_WORDS } from "@/shared/lib/labels";
import { Badge, type Tone } from "@/shared/ui/badge";
import { conditionWords, delayWords, goalWords, kindOf, type Step, stepTitle } from "./model";
import type { DiffAnswer, StepDiff } from "./publish";
import { labelOf, shareOf, variantsOf } from "./variants";

const LOOK: Record<string, { word: string; tone: Tone; icon: ReactNode }> = {
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
  variant_shares: "Shares",
  variant_words: "Words",
  yes: "Yes leads to",
  no: "No leads to",
};

/** What a field says, for a person to read. */
function value(step: Step, field: string, others: Step[]): string {
  const raw = (step as unknown as Record<string, unknown>)[field];
  if (field === "delay") return delayWords(step.delay, false);
  if (field === "kind") return STEP_WORDS[kindOf(step)] ?? step.kind;
  if (field === "condition" && step.kind === "branch") return conditionWords(step.condition);
  if (field === "goal" && step.kind === "goal") return goalWords(step.goal);
  if (field === "yes" || field === "no") {
    const at = others.findIndex((s) => s.id === raw);
    return at < 0 ? "another step" : `step ${at + 1}`;
  }
  const variants = variantsOf(step);
  if (field === "variants") return variants.map(labelOf).join(", ") || "none";
  if (field === "variant_shares")
    return variants
      .map((v, i) => `${labelOf(v, i)} ${v.paused ? "paused" : `${Math.round(shareOf(variants, v))}%`}`)
      .join(", ");
  if (field === "variant_words")
    return variants.map((v, i) => [`${labelOf(v, i)}:`, v.subject, v.body].filter(Boolean).join(" ")).join("\n");
  if (field === "template") return raw ? "from a template" : "written here";
  return typeof raw === "string" && raw ? raw : "nothing";
}

export function stepName(step: Step, index: number): string {
  return `${STEP_WORDS[kindOf(step)] ?? step.kind}: ${stepTitle(step, index)}`;
}

export function DiffList({ answer }: { answer: DiffAnswer }) {
  const { steps, window_changed: windowChanged } = answer.diff;
  const before = steps.filter((s) => s.before).sort((a, b) => (a.from ?? 0) - (b.from ?? 0));
  const [older, newer] = [
    before.map((s) => s.before as Step),
    steps.filter((s) => s.after).map((s) => s.after as Step),
  ];
  return (
    <ul aria-label={`Version ${answer.version} against version ${answer.since}`} className="divide-y border-y">
      {steps.map((row) => (
        <Row key={row.id} row={row} older={older} newer={newer} />
      ))}
      {windowChanged ? (
        <li className="flex min-h-9 items-center gap-2 py-1.5">
          <Badge tone="warm" icon={LOOK.changed?.icon}>
            Changed
          </Badge>
          The sending window
        </li>
      ) : null}
    </ul>
  );
}

function Row({ row, older, newer }: { row: StepDiff; older: Step[]; newer: Step[] }) {
  const step = row.after ?? row.before;
  if (!step) return null;
  const place = row.to ?? row.from ?? 0;
  const changes = row.change === "changed" && row.fields.length ? ["changed"] : [];
  const looks = row.change === "changed" ? [...(row.moved ? ["moved"] : []), ...changes] : [row.change];
  return (
    <li className="py-1.5">
      <div className="flex min-h-6 flex-wrap items-center gap-2">
        {looks.map((look) => (
          <Badge key={look} tone={LOOK[look]?.tone} icon={LOOK[look]?.icon}>
            {LOOK[look]?.word}
          </Badge>
        ))}
        <span className={cx("min-w-0 flex-1 truncate", row.change === "removed" && "text-ink-2 line-through")}>
          {stepName(step, place)}
        </span>
        {row.moved ? (
          <span className="text-meta text-ink-3">
            step {(row.from ?? 0) + 1}, now step {(row.to ?? 0) + 1}
          </span>
        ) : null}
      </div>
      {row.before && row.after && row.fields.length ? (
        <dl className="mt-1 grid grid-cols-[88px_minmax(0,1fr)] gap-x-3 gap-y-1 text-meta">
          {row.fields.map((field) => (
            <Change
              key={field}
              name={FIELD_WORDS[field] ?? words(field)}
              was={value(row.before as Step, field, older)}
              is={value(row.after as Step, field, newer)}
            />
          ))}
        </dl>
      ) : null}
    </li>
  );
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
