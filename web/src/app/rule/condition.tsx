// One condition of a rule: its field, its test and its values.
import { CircleAlert, X } from "lucide-react";
import { useEffect, useId, useRef } from "react";
import { IconButton } from "@/shared/ui/button";
import { Select } from "@/shared/ui/select";
import { type ConditionDraft, withField, withTest } from "./draft";
import { entryOf, fieldOf, isGone, type RuleField, testsOf, testWord } from "./fields";
import { Values } from "./values";

export function Fault({ id, children }: { id?: string; children: string }) {
  return (
    <p id={id} role="alert" className="mt-1 flex items-start gap-1.5 text-bad-ink">
      <CircleAlert size={14} aria-hidden="true" className="mt-[3px] shrink-0" />
      {children}
    </p>
  );
}

export function ConditionRow({
  condition,
  at,
  fault,
  fields,
  isNew,
  onChange,
  onRemove,
}: {
  condition: ConditionDraft;
  /** The condition's number within the rule, such as 2.1. */
  at: string;
  fault?: string;
  fields: readonly RuleField[];
  /** A condition that was added just now gets the focus. */
  isNew: boolean;
  onChange: (condition: ConditionDraft) => void;
  onRemove: () => void;
}) {
  const id = useId();
  const first = useRef<HTMLSelectElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it appears
  useEffect(() => {
    if (isNew) first.current?.focus();
  }, []);
  const field = fieldOf(fields, condition.field);
  const of = `of condition ${at}`;
  const offered = isGone(fields, condition.field) ? [...fields, field] : fields;
  const wired = fault ? { "aria-invalid": true as const, "aria-describedby": id } : {};
  const isAlone = entryOf(condition.test) === "nothing";
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_26px] items-start gap-2 max-sm:grid-cols-[minmax(0,1fr)_36px]">
      <Select
        ref={first}
        aria-label={`Field ${of}`}
        value={condition.field}
        options={offered.map(({ name, word }) => ({ value: name, label: word }))}
        onValue={(name) => onChange(withField(condition, name, fields))}
        className="w-full"
        {...(isAlone ? wired : {})}
      />
      <Select
        aria-label={`Test ${of}`}
        value={condition.test}
        options={testsOf(field, condition.test).map((test) => ({ value: test, label: testWord(test, field.kind) }))}
        onValue={(test) => onChange(withTest(condition, test))}
        className="w-full max-sm:col-start-1"
      />
      <IconButton
        label={`Remove condition ${at}`}
        size="iconSm"
        className="mt-0.5 max-sm:col-start-2 max-sm:row-start-1 max-sm:mt-1"
        onClick={onRemove}
      >
        <X size={14} />
      </IconButton>
      <div className="col-span-2 min-w-0 max-sm:col-span-full">
        <Values
          key={`${condition.field} ${condition.test}`}
          field={field}
          condition={condition}
          of={of}
          onValues={(values) => onChange({ ...condition, values })}
          wired={wired}
        />
        {fault ? <Fault id={id}>{fault}</Fault> : null}
      </div>
    </div>
  );
}
