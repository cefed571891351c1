// The steps on their line; the selected one opens in place.
import { Plus } from "lucide-react";
import type { Channel } from "@/api/types";
import { TimelineIcon } from "@/app/timeline/icon";
import { cx } from "@/shared/lib/cx";
import { STEP_WORDS, stepIcon } from "@/shared/lib/step-kinds";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { StationIcon } from "@/shared/ui/timeline";
import { toast } from "@/shared/ui/toast";
import { arrivals, delayWords, kindOf, move, newStep, type Step, stepTitle } from "./model";
import { StepForm } from "./step-form";
import { variantsOf } from "./variants";

export interface TemplateChoice {
  id: string;
  name: string;
  channel: Channel;
  subject: string;
  body: string;
}

export function StepList({
  steps,
  onSteps,
  selected,
  onSelect,
  errors,
  templates,
  readOnly,
}: {
  steps: Step[];
  onSteps: (change: (steps: Step[]) => Step[]) => void;
  selected: number;
  onSelect: (index: number) => void;
  errors: Record<string, string>;
  templates: TemplateChoice[];
  /** Steps can be opened, and not changed. */
  readOnly: boolean;
}) {
  const change = (step: Step) => onSteps((all) => all.map((s) => (s.id === step.id ? step : s)));
  const remove = (step: Step, i: number) => {
    onSteps((all) => all.filter((s) => s.id !== step.id));
    onSelect(-1);
    toast(`Step ${i + 1} removed`, { undo: () => onSteps((all) => all.toSpliced(i, 0, step)) });
  };
  return (
    <ol aria-label="Steps" className="pt-3">
      {steps.map((step, i) => {
        const open = i === selected;
        const wrong = Object.entries(errors).find(([field]) => field.startsWith(`steps[${i}].`))?.[1];
        const name = STEP_WORDS[kindOf(step)];
        return (
          <li
            key={step.id}
            className={cx(
              "relative grid grid-cols-[112px_24px_minmax(0,1fr)] gap-x-3 px-6 py-3 max-lg:px-4 max-sm:grid-cols-[32px_minmax(0,1fr)]",
              open && "row-cursor border-y bg-canvas",
            )}
          >
            <span
              aria-hidden="true"
              className={cx(
                "absolute bottom-0 left-[159px] border-l border-edge max-lg:left-[151px] max-sm:left-8",
                i === 0 ? "top-6" : "top-0",
              )}
            />
            <div className="pt-0.5 text-right text-ink-2 max-sm:hidden">{delayWords(step.delay, i === 0)}</div>
            <StationIcon tone={open ? "next" : wrong ? "bad" : "past"} diamond={step.kind === "branch"}>
              <TimelineIcon name={stepIcon(kindOf(step))} />
            </StationIcon>
            <div className="min-w-0">
              <Button
                kind="bare"
                aria-expanded={open}
                onClick={() => onSelect(open ? -1 : i)}
                className="flex min-h-6 w-full min-w-0 items-baseline gap-2 text-left"
              >
                {arrivals(steps, i).map((a) => (
                  <Badge key={`${a.answer}${a.from}`} tone={a.answer === "Yes" ? "accent" : "plain"}>
                    {a.answer}
                    <span className="sr-only"> of step {a.from + 1}</span>
                  </Badge>
                ))}
                <span className="font-medium">{name}</span>
                <span className="min-w-0 flex-1 truncate text-ink-2">{stepTitle(step, i)}</span>
                {variantsOf(step).length ? <Badge>{variantsOf(step).length} variants</Badge> : null}
              </Button>
              {!open ? (
                <p className="text-meta text-ink-3">
                  <span className="sm:hidden">{delayWords(step.delay, i === 0)}. </span>
                  {wrong ? <span className="text-bad-ink">{wrong}</span> : under(steps, step, i)}
                </p>
              ) : (
                <fieldset disabled={readOnly} className="contents">
                  <StepForm
                    index={i}
                    steps={steps}
                    errors={errors}
                    templates={templates.filter((t) => t.channel === step.kind)}
                    onChange={change}
                    onMove={(to) => {
                      onSteps((all) => move(all, i, to));
                      onSelect(to);
                    }}
                    onRemove={() => remove(step, i)}
                  />
                </fieldset>
              )}
            </div>
          </li>
        );
      })}
      {readOnly ? null : (
        <li className="grid grid-cols-[112px_24px_minmax(0,1fr)] gap-x-3 px-6 py-3 max-lg:px-4 max-sm:grid-cols-[32px_minmax(0,1fr)]">
          <span className="max-sm:hidden" />
          <span
            aria-hidden="true"
            className="flex size-6 items-center justify-center rounded-full border border-edge border-dashed text-ink-2 max-sm:size-8"
          >
            <Plus size={13} />
          </span>
          <span>
            <Button
              kind="bare"
              onClick={() => {
                onSteps((all) => [...all, newStep()]);
                onSelect(steps.length);
              }}
              className="min-h-6 text-ink-2 hover:text-ink"
            >
              Add step
            </Button>
          </span>
        </li>
      )}
    </ol>
  );
}

/** The summary of a closed step. */
function under(steps: Step[], step: Step, index: number): string {
  const days = [step.not_before && `not before ${step.not_before}`, step.not_after && `until ${step.not_after}`];
  const dated = days.filter(Boolean).join(", ");
  if (step.kind !== "branch") return dated || (step.kind === "task" ? "Continues when it is done" : "");
  const at = (id: string) => steps.findIndex((s, i) => i > index && s.id === id) + 1 || "?";
  return [`Yes: step ${at(step.yes)}`, `No: step ${at(step.no)}`, dated].filter(Boolean).join(", ");
}
