// The form of a branch, with its condition and targets, and that of a goal.
import { inputStyle } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { LEAD_FIELD_NAMES, LEAD_FIELDS } from "@/shared/lib/lead-fields";
import { stageWord } from "@/shared/lib/stages";
import { STEP_WORDS } from "@/shared/lib/step-kinds";
import { Select } from "@/shared/ui/select";
import { type Condition, type GoalOf, kindOf, type Stage, type Step, stepTitle, type Temperature } from "./model";

const ASKS: Record<Condition["if"], string> = {
  opened: "opened an e-mail",
  clicked: "clicked a link",
  replied: "has replied",
  not_replied: "has not replied",
  field_present: "has a value in",
  field_equals: "has field equal to",
  score_at_least: "has a score of at least",
  temperature_at_least: "is at least",
};

const FIELDS = LEAD_FIELD_NAMES.filter((name) => LEAD_FIELDS[name].inBranch);

const STAGES: Stage[] = ["contacted", "replied", "qualified", "won"];

function blank(asks: Condition["if"]): Condition {
  switch (asks) {
    case "field_present":
      return { if: asks, field: "phone" };
    case "field_equals":
      return { if: asks, field: "category", value: "" };
    case "score_at_least":
      return { if: asks, score: 50 };
    case "temperature_at_least":
      return { if: asks, temperature: "warm" };
    default:
      return { if: asks };
  }
}

type Branch = Extract<Step, { kind: "branch" }>;

export function BranchForm({
  index,
  steps,
  step,
  error,
  onChange,
}: {
  index: number;
  steps: Step[];
  step: Branch;
  error: (field: string) => string | undefined;
  onChange: (step: Step) => void;
}) {
  const n = index + 1;
  const c = step.condition;
  const ask = (condition: Condition) => onChange({ ...step, condition });
  const below = steps.map((s, i) => ({ s, i })).filter(({ i }) => i > index);
  const wrong = error("yes") ?? error("no") ?? error("condition.field") ?? error("condition.score");
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-ink-2">If the lead</span>
        <Select
          aria-label={`What step ${n} asks`}
          value={c.if}
          onValue={(asks: Condition["if"]) => ask(blank(asks))}
          options={(Object.keys(ASKS) as Condition["if"][]).map((value) => ({ value, label: ASKS[value] }))}
          className="w-50"
        />
        {c.if === "field_present" || c.if === "field_equals" ? (
          <>
            <input
              aria-label={`Field of step ${n}`}
              list={`fields-${n}`}
              placeholder="custom.tier"
              value={c.field}
              onChange={(e) => ask({ ...c, field: e.target.value.trim() })}
              className={cx(inputStyle, "h-control !w-35 max-sm:h-11")}
            />
            <datalist id={`fields-${n}`}>
              {FIELDS.map((field) => (
                <option key={field} value={field} />
              ))}
            </datalist>
          </>
        ) : null}
        {c.if === "field_equals" ? (
          <input
            aria-label={`Value of step ${n}`}
            placeholder="Value"
            value={c.value}
            onChange={(e) => ask({ ...c, value: e.target.value })}
            className={cx(inputStyle, "h-control !w-35 max-sm:h-11")}
          />
        ) : null}
        {c.if === "score_at_least" ? (
          <input
            aria-label={`Score of step ${n}`}
            type="number"
            min={0}
            max={100}
            value={c.score}
            onChange={(e) => ask({ ...c, score: Math.max(0, Math.min(100, Number(e.target.value) || 0)) })}
            className={cx(inputStyle, "h-control !w-[72px] max-sm:h-11")}
          />
        ) : null}
        {c.if === "temperature_at_least" ? (
          <Select
            aria-label={`Temperature of step ${n}`}
            value={c.temperature}
            onValue={(temperature: Temperature) => ask({ ...c, temperature })}
            options={[
              { value: "warm", label: "warm" },
              { value: "hot", label: "hot" },
            ]}
            className="w-[90px]"
          />
        ) : null}
      </div>
      {(["yes", "no"] as const).map((answer) => (
        <div key={answer} className="flex items-center gap-2">
          <span className="w-24 text-ink-2">{answer === "yes" ? "Then go to" : "Otherwise"}</span>
          <Select
            aria-label={answer === "yes" ? `Yes of step ${n}` : `No of step ${n}`}
            aria-invalid={error(answer) ? true : undefined}
            value={below.some(({ s }) => s.id === step[answer]) ? step[answer] : ""}
            placeholder={below.length ? "Choose a later step" : "Add a step below first"}
            onValue={(id: string) => onChange({ ...step, [answer]: id })}
            options={below.map(({ s, i }) => ({
              value: s.id ?? "",
              label: `${i + 1} ${STEP_WORDS[kindOf(s)]}: ${stepTitle(s, i)}`,
            }))}
            className="w-[280px]"
          />
        </div>
      ))}
      {wrong ? <p className="text-bad-ink">{wrong}</p> : null}
      <p className="text-meta text-ink-3">Opens and clicks by machines do not count.</p>
    </div>
  );
}

type GoalStep = Extract<Step, { kind: "goal" }>;

export function GoalForm({ index, step, onChange }: { index: number; step: GoalStep; onChange: (step: Step) => void }) {
  const n = index + 1;
  const { goal } = step;
  const set = (next: GoalOf) => onChange({ ...step, goal: next });
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center gap-2">
        <Select
          aria-label={`Goal of step ${n}`}
          value={goal.reach}
          onValue={(reach: GoalOf["reach"]) => set(reach === "stage" ? { reach, stage: "qualified" } : { reach })}
          options={[
            { value: "stage", label: "Stage reached" },
            { value: "paid", label: "Payment received" },
            { value: "booked", label: "Meeting booked" },
          ]}
          className="w-[160px]"
        />
        {goal.reach === "stage" ? (
          <Select
            aria-label={`Stage of step ${n}`}
            value={goal.stage}
            onValue={(stage: Stage) => set({ reach: "stage", stage })}
            options={STAGES.map((value) => ({ value, label: stageWord(value) }))}
            className="w-32.5"
          />
        ) : null}
      </div>
      <p className="text-meta text-ink-3">
        Leads who reach the goal, here or at an earlier step, are done. All others continue.
      </p>
    </div>
  );
}
