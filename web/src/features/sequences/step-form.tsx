// The form of an open step: its action, its time, and its text.
import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import type { ReactElement } from "react";
import { inputStyle } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { STEP_KINDS, STEP_TASKS, STEP_WORDS } from "@/shared/lib/step-kinds";
import { Button, IconButton } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";
import { Select } from "@/shared/ui/select";
import { Segmented } from "@/shared/ui/tabs";
import { toast } from "@/shared/ui/toast";
import { MessageForm } from "./message-form";
import {
  canBeLeftOut,
  type DelayUnit,
  type Kind,
  LONGEST_DELAY,
  type Step,
  type StepTask,
  UNIT_WORDS,
  withKind,
} from "./model";
import type { TemplateChoice } from "./step-list";
import { Line, Words } from "./step-words";
import { WhatsappForm } from "./whatsapp-form";

const BranchForm = later(() => import("./branch-form").then((m) => m.BranchForm));
const GoalForm = later(() => import("./branch-form").then((m) => m.GoalForm));

const KINDS = Object.keys(STEP_KINDS) as Kind[];
const TASKS = Object.keys(STEP_TASKS) as StepTask[];
const PLACEHOLDERS: Record<StepTask, string> = {
  call: "What to say on the phone",
  linkedin: "What to write on LinkedIn",
  whatsapp: "The chat opens with this text; the person sends it",
  generic: "Notes for the person who does it",
};

export interface StepFormProps {
  index: number;
  steps: Step[];
  errors: Record<string, string>;
  templates: TemplateChoice[];
  onChange: (step: Step) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

export function StepForm(props: StepFormProps) {
  const { index, steps, errors, onChange, onMove, onRemove } = props;
  const step = steps[index];
  if (!step) return null;
  const n = index + 1;
  const error = (field: string): string | undefined => errors[`steps[${index}].${field}`];
  return (
    <div className="space-y-2.5 pt-2">
      <div className="flex flex-wrap items-center gap-2">
        <Select
          aria-label={`Kind of step ${n}`}
          value={step.kind}
          onValue={(kind: Kind) => {
            const next = withKind(step, kind);
            onChange(next);
            const back = withKind(next, step.kind);
            if (JSON.stringify(back) !== JSON.stringify(step))
              toast(`Kind of step ${n} changed`, { undo: () => onChange(step) });
          }}
          options={KINDS.map((kind) => ({ value: kind, label: STEP_WORDS[kind] }))}
          className="w-27.5"
        />
        <DelayForm step={step} index={index} onChange={onChange} />
      </div>
      {error("delay") ? <p className="text-bad-ink">{error("delay")}</p> : null}
      <KindForm {...props} step={step} error={error} />
      <DatesForm step={step} index={index} error={error("not_after") ?? error("not_before")} onChange={onChange} />
      <div className="flex justify-end gap-1">
        <IconButton label={`Move step ${n} up`} size="iconSm" disabled={index === 0} onClick={() => onMove(index - 1)}>
          <ArrowUp size={14} />
        </IconButton>
        <IconButton
          label={`Move step ${n} down`}
          size="iconSm"
          disabled={index === steps.length - 1}
          onClick={() => onMove(index + 1)}
        >
          <ArrowDown size={14} />
        </IconButton>
        <Button size="sm" kind="danger" icon={<Trash2 size={14} />} disabled={steps.length === 1} onClick={onRemove}>
          Remove
        </Button>
      </div>
    </div>
  );
}

function DelayForm({ step, index, onChange }: { step: Step; index: number; onChange: (step: Step) => void }) {
  const n = index + 1;
  const longest = LONGEST_DELAY[step.delay.unit];
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      <input
        aria-label={`Delay of step ${n}`}
        type="number"
        min={0}
        max={longest}
        value={step.delay.amount}
        onChange={(e) =>
          onChange({
            ...step,
            delay: { ...step.delay, amount: Math.max(0, Math.min(longest, Number(e.target.value) || 0)) },
          })
        }
        className={cx(inputStyle, "h-control !w-[76px] max-sm:h-11")}
      />
      <Select
        aria-label={`Unit of the delay of step ${n}`}
        value={step.delay.unit}
        onValue={(unit: DelayUnit) => onChange({ ...step, delay: { ...step.delay, unit } })}
        options={(Object.keys(UNIT_WORDS) as DelayUnit[]).map((value) => ({
          value,
          label: UNIT_WORDS[value][step.delay.amount === 1 ? 0 : 1],
        }))}
        className="w-[128px]"
      />
      <span className="text-ink-2">after {index === 0 ? "enrolment" : "the previous step"}</span>
    </span>
  );
}

function DatesForm({
  step,
  index,
  error,
  onChange,
}: {
  step: Step;
  index: number;
  error?: string;
  onChange: (step: Step) => void;
}) {
  const day = (field: "not_before" | "not_after", label: string) => (
    <label className="flex items-center gap-1.5 text-ink-2">
      {label}
      <input
        type="date"
        aria-label={`${label}, step ${index + 1}`}
        value={step[field] ?? ""}
        onChange={(e) => onChange({ ...step, [field]: e.target.value || null })}
        className={cx(inputStyle, "h-control !w-37.5 max-sm:h-11")}
      />
    </label>
  );
  return (
    <details open={!!step.not_before || !!step.not_after || !!error}>
      <summary className="min-h-6 cursor-pointer text-ink-2">Only between dates</summary>
      <div className="flex flex-wrap gap-x-4 gap-y-1.5 pt-1.5">
        {day("not_before", "Not before")}
        {canBeLeftOut(step.kind) || step.not_after ? day("not_after", "Not after") : null}
      </div>
      {error ? <p className="text-bad-ink">{error}</p> : null}
    </details>
  );
}

type ErrorOf = (field: string) => string | undefined;

function KindForm({ step, error, ...props }: StepFormProps & { step: Step; error: ErrorOf }): ReactElement | null {
  const { index, steps, onChange } = props;
  const n = index + 1;
  switch (step.kind) {
    case "email":
    case "sms":
      return <MessageForm n={n} first={index === 0} step={step} {...props} error={error} onChange={onChange} />;
    case "whatsapp":
      return <WhatsappForm n={n} step={step} error={error} onChange={onChange} />;
    case "task":
      return (
        <>
          <Segmented
            label={`Task of step ${n}`}
            value={step.task}
            onChange={(task) => onChange({ ...step, task })}
            items={TASKS.map((task) => ({
              id: task,
              label: task === "generic" ? "Other" : STEP_WORDS[task],
            }))}
          />
          <Words
            of={`step ${n}`}
            templates={[]}
            error={error("title") ?? error("body")}
            value={step.body ?? ""}
            onValue={(body) => onChange({ ...step, body })}
            rows={3}
            placeholder={PLACEHOLDERS[step.task]}
            head={
              <Line
                label={`Title of step ${n}`}
                invalid={!!error("title")}
                placeholder="What needs to be done"
                value={step.title}
                onValue={(title) => onChange({ ...step, title })}
              />
            }
          />
          <p className="text-meta text-ink-3">
            The sequence waits until the task is completed. The next delay starts then.
          </p>
        </>
      );
    case "branch":
      return <BranchForm index={index} steps={steps} step={step} error={error} onChange={onChange} />;
    case "goal":
      return <GoalForm index={index} step={step} onChange={onChange} />;
    case "wait":
    case "end":
      return null;
  }
}
