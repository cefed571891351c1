// A group of a rule: whether all, any or none of its parts must match, and these parts, groups among them.
import { Plus, X } from "lucide-react";
import { useRef } from "react";
import { cx } from "@/shared/lib/cx";
import { Button, IconButton } from "@/shared/ui/button";
import { Select } from "@/shared/ui/select";
import { ConditionRow, Fault } from "./condition";
import {
  DEEPEST,
  type GroupDraft,
  innerPath,
  isGroup,
  type Match,
  newCondition,
  newGroup,
  type RuleDraft,
} from "./draft";
import type { RuleField } from "./fields";

const MATCHES: { value: Match; label: string }[] = [
  { value: "all", label: "all of these" },
  { value: "any", label: "any of these" },
  { value: "none", label: "none of these" },
];

interface GroupProps {
  group: GroupDraft;
  /** The group's number within the rule, such as 2.1; empty for the rule itself. */
  at: string;
  path: string;
  depth: number;
  faults: Record<string, string>;
  fields: readonly RuleField[];
  /** The id of the condition that was added last. */
  added?: number;
  /** The rule has as many conditions as are possible. */
  isFull: boolean;
  onChange: (group: GroupDraft, added?: number) => void;
  onRemove?: () => void;
}

export function RuleGroup({ group, at, path, depth, faults, fields, added, isFull, onChange, onRemove }: GroupProps) {
  const add = useRef<HTMLButtonElement>(null);
  const set = (rules: RuleDraft[], fresh?: number) => onChange({ ...group, rules }, fresh);
  const change = (next: RuleDraft, fresh?: number) =>
    set(
      group.rules.map((other) => (other.id === next.id ? next : other)),
      fresh,
    );
  const remove = (gone: RuleDraft) => {
    set(group.rules.filter((other) => other !== gone));
    add.current?.focus();
  };
  const addCondition = () => {
    const condition = newCondition();
    set([...group.rules, condition], condition.id);
  };
  const addGroup = () => {
    const condition = newCondition();
    set([...group.rules, newGroup(group.match === "any" ? "all" : "any", [condition])], condition.id);
  };
  const to = at ? ` to group ${at}` : "";
  return (
    <fieldset className={cx("min-w-0", depth > 1 && "border-l-2 border-trough pl-3 max-sm:pl-2")}>
      <legend className="sr-only">{at ? `Group ${at}` : "Rule"}</legend>
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-ink-2">{at ? "That match" : "Leads that match"}</span>
        <Select
          aria-label={at ? `How group ${at} matches` : "How the rule matches"}
          value={group.match}
          options={MATCHES}
          onValue={(match) => onChange({ ...group, match })}
          className="w-36"
        />
        {onRemove ? (
          <IconButton label={`Remove group ${at}`} size="iconSm" className="ml-auto" onClick={onRemove}>
            <X size={14} />
          </IconButton>
        ) : null}
      </div>
      <ul className="mt-2 space-y-3">
        {group.rules.map((inner, i) => {
          const number = at ? `${at}.${i + 1}` : String(i + 1);
          const inside = innerPath(group, path, i);
          return (
            <li key={inner.id}>
              {isGroup(inner) ? (
                <RuleGroup
                  group={inner}
                  at={number}
                  path={inside}
                  depth={depth + 1}
                  faults={faults}
                  fields={fields}
                  added={added}
                  isFull={isFull}
                  onChange={change}
                  onRemove={() => remove(inner)}
                />
              ) : (
                <ConditionRow
                  condition={inner}
                  at={number}
                  fault={faults[inside]}
                  fields={fields}
                  isNew={inner.id === added}
                  onChange={change}
                  onRemove={() => remove(inner)}
                />
              )}
            </li>
          );
        })}
      </ul>
      {faults[path] ? <Fault>{faults[path]}</Fault> : null}
      <div className="mt-2 flex flex-wrap gap-1">
        <Button
          ref={add}
          size="sm"
          kind="quiet"
          icon={<Plus size={14} />}
          aria-label={`Add condition${to}`}
          disabled={isFull}
          onClick={addCondition}
        >
          Add condition
        </Button>
        {depth < DEEPEST ? (
          <Button
            size="sm"
            kind="quiet"
            icon={<Plus size={14} />}
            aria-label={`Add group${to}`}
            disabled={isFull}
            onClick={addGroup}
          >
            Add group
          </Button>
        ) : null}
      </div>
    </fieldset>
  );
}
