// The steps on their line; the selected one opens in place.
import { ArrowDown, ArrowUp, Mail, MessageSquareText, Plus, Trash2 } from "lucide-react";
import { segments } from "@/shared/editor/composer";
import { MERGE_FIELDS } from "@/shared/editor/merge-fields";
import { MergeText } from "@/shared/editor/merge-text";
import { inputStyle } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { Button, IconButton } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Select } from "@/shared/ui/select";
import { Segmented } from "@/shared/ui/tabs";
import { StationIcon } from "@/shared/ui/timeline";
import { type DelayUnit, delayWords, move, NEW_STEP, type Step, UNIT_WORDS } from "./model";

export interface TemplateChoice {
  id: string;
  name: string;
  channel: "email" | "sms";
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
}: {
  steps: Step[];
  onSteps: (steps: Step[]) => void;
  selected: number;
  onSelect: (index: number) => void;
  errors: Record<string, string>;
  templates: TemplateChoice[];
}) {
  const change = (index: number, part: Partial<Step>) =>
    onSteps(steps.map((s, i) => (i === index ? { ...s, ...part } : s)));
  return (
    <ol aria-label="Steps" className="pt-3">
      {steps.map((step, i) => {
        const open = i === selected;
        const wrong = errors[`steps[${i}].body`] ?? errors[`steps[${i}].subject`];
        return (
          <li
            key={step.id ?? `new-${i}`}
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
            <StationIcon tone={open ? "next" : wrong ? "bad" : "past"}>
              {step.channel === "sms" ? <MessageSquareText size={13} /> : <Mail size={13} />}
            </StationIcon>
            <div className="min-w-0">
              <button
                type="button"
                aria-expanded={open}
                onClick={() => onSelect(open ? -1 : i)}
                className="flex min-h-6 w-full min-w-0 items-baseline gap-2 text-left"
              >
                <span className="font-medium">{step.channel === "sms" ? "SMS" : "E-mail"}</span>
                <span className="min-w-0 flex-1 truncate text-ink-2">{title(step, i)}</span>
              </button>
              {!open ? (
                <p className="text-meta text-ink-3">
                  <span className="sm:hidden">{delayWords(step.delay, i === 0)}. </span>
                  {wrong ? (
                    <span className="text-bad-ink">{wrong}</span>
                  ) : (step.only_if_no_reply ?? true) ? (
                    "Only if no reply yet"
                  ) : (
                    "Also after a reply"
                  )}
                </p>
              ) : (
                <StepForm
                  index={i}
                  step={step}
                  count={steps.length}
                  errors={errors}
                  templates={templates.filter((t) => t.channel === step.channel)}
                  onChange={(part) => change(i, part)}
                  onMove={(to) => {
                    onSteps(move(steps, i, to));
                    onSelect(to);
                  }}
                  onRemove={() => {
                    onSteps(steps.filter((_, x) => x !== i));
                    onSelect(-1);
                  }}
                />
              )}
            </div>
          </li>
        );
      })}
      <li className="grid grid-cols-[112px_24px_minmax(0,1fr)] gap-x-3 px-6 py-3 max-lg:px-4 max-sm:grid-cols-[32px_minmax(0,1fr)]">
        <span className="max-sm:hidden" />
        <span
          aria-hidden="true"
          className="flex size-6 items-center justify-center rounded-full border border-edge border-dashed text-ink-2 max-sm:size-8"
        >
          <Plus size={13} />
        </span>
        <span>
          <button
            type="button"
            onClick={() => {
              onSteps([...steps, { ...NEW_STEP }]);
              onSelect(steps.length);
            }}
            className="min-h-6 text-ink-2 hover:text-ink"
          >
            Add a step
          </button>
        </span>
      </li>
    </ol>
  );
}

/** `{{ first_name | default("there") }}` reads as {first name}. */
const plain = (text: string) =>
  text
    .replace(/\{%.*?%\}/g, "")
    .replace(/\{\{\s*([\w.]+).*?\}\}/g, (_, name: string) => `{${name.replace(/[._]/g, " ")}}`)
    .replace(/\s+/g, " ")
    .trim();

function title(s: Step, index: number): string {
  if (s.channel === "sms") return plain(s.body).slice(0, 80) || "No text yet";
  return plain(s.subject ?? "") || (index === 0 ? "No subject yet" : "Same thread");
}

function StepForm({
  index,
  step,
  count,
  errors,
  templates,
  onChange,
  onMove,
  onRemove,
}: {
  index: number;
  step: Step;
  count: number;
  errors: Record<string, string>;
  templates: TemplateChoice[];
  onChange: (part: Partial<Step>) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}) {
  const n = index + 1;
  const seg = segments(step.body);
  const subjectError = errors[`steps[${index}].subject`];
  const bodyError = errors[`steps[${index}].body`];
  return (
    <div className="space-y-2.5 pt-2">
      <div className="flex flex-wrap items-center gap-2">
        <Segmented
          label={`Channel of step ${n}`}
          value={step.channel}
          onChange={(channel) => onChange({ channel })}
          items={[
            { id: "email", label: "E-mail" },
            { id: "sms", label: "SMS" },
          ]}
        />
        <span className="flex items-center gap-1.5">
          <input
            aria-label={`Delay of step ${n}`}
            type="number"
            min={0}
            max={365}
            value={step.delay.amount}
            onChange={(e) =>
              onChange({ delay: { ...step.delay, amount: Math.max(0, Math.min(365, Number(e.target.value) || 0)) } })
            }
            className={cx(inputStyle, "h-[30px] !w-[64px] max-sm:h-11")}
          />
          <Select
            aria-label={`Unit of the delay of step ${n}`}
            value={step.delay.unit}
            onValue={(unit: DelayUnit) => onChange({ delay: { ...step.delay, unit } })}
            options={(Object.keys(UNIT_WORDS) as DelayUnit[]).map((value) => ({
              value,
              label: UNIT_WORDS[value][step.delay.amount === 1 ? 0 : 1],
            }))}
            className="w-[128px]"
          />
          <span className="text-ink-2">after {index === 0 ? "enrolment" : `step ${index}`}</span>
        </span>
      </div>
      <MergeText
        aria-label={`Text of step ${n}`}
        value={step.body}
        onValue={(body) => onChange({ body })}
        fields={MERGE_FIELDS}
        invalid={!!bodyError}
        rows={step.channel === "sms" ? 3 : 7}
        placeholder={step.channel === "sms" ? "The text of the SMS" : "The text of the e-mail"}
        head={
          step.channel === "email" ? (
            <input
              aria-label={`Subject of step ${n}`}
              aria-invalid={subjectError ? true : undefined}
              placeholder={index === 0 ? "Subject" : "Subject; leave empty to go on in the same thread"}
              value={step.subject ?? ""}
              onChange={(e) => onChange({ subject: e.target.value })}
              className="h-9 w-full border-b bg-transparent px-3.5 text-msg font-medium outline-none max-sm:h-11"
            />
          ) : undefined
        }
        foot={
          <>
            {templates.length ? (
              <Select
                bare
                aria-label={`Fill step ${n} from a template`}
                value=""
                placeholder="From a template"
                options={templates.map((t) => ({ value: t.id, label: t.name }))}
                onValue={(id) => {
                  const t = templates.find((x) => x.id === id);
                  if (t) onChange({ subject: t.subject, body: t.body, template: t.id });
                }}
                className="w-[150px]"
              />
            ) : null}
            {step.channel === "sms" ? (
              <span className="ml-auto text-meta text-ink-3">
                {seg.length} characters before values, {seg.count === 1 ? "1 segment" : `${seg.count} segments`}
              </span>
            ) : null}
          </>
        }
      />
      {subjectError || bodyError ? <p className="text-bad-ink">{subjectError ?? bodyError}</p> : null}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <label className="flex items-center gap-1">
          <Checkbox
            checked={step.only_if_no_reply ?? true}
            onValue={(only_if_no_reply) => onChange({ only_if_no_reply })}
          />{" "}
          Only if no reply yet
        </label>
        <span className="ml-auto flex gap-1">
          <IconButton
            label={`Move step ${n} up`}
            size="iconSm"
            disabled={index === 0}
            onClick={() => onMove(index - 1)}
          >
            <ArrowUp size={14} />
          </IconButton>
          <IconButton
            label={`Move step ${n} down`}
            size="iconSm"
            disabled={index === count - 1}
            onClick={() => onMove(index + 1)}
          >
            <ArrowDown size={14} />
          </IconButton>
          <Button size="sm" kind="danger" icon={<Trash2 size={14} />} disabled={count === 1} onClick={onRemove}>
            Remove
          </Button>
        </span>
      </div>
    </div>
  );
}
