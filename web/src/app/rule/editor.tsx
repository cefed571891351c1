// The editor of a rule: the builder, the rule in a sentence, and how many leads it selects, with some of them.
import { useState } from "react";
import type { FieldProblem } from "@/api/errors";
import type { LeadFilter, SegmentRule } from "@/api/types";
import { ErrorState, LoadingRows } from "@/shared/ui/states";
import { CountPart, type SegmentCount, useSegmentCount } from "./count";
import {
  conditionCount,
  draftFaults,
  draftOf,
  faultsByPart,
  type GroupDraft,
  MOST_CONDITIONS,
  newCondition,
  newGroup,
  ROOT,
  ruleOf,
} from "./draft";
import { RuleGroup } from "./group";
import { draftWords } from "./sentence";
import { type RuleFields, useRuleFields } from "./use-rule-fields";

export interface RuleEditing {
  draft: GroupDraft;
  rule: SegmentRule;
  added?: number;
  known: RuleFields;
  isComplete: boolean;
  count: SegmentCount;
  change: (draft: GroupDraft, added?: number) => void;
  /** From now on what is missing is shown; tells whether nothing is. */
  check: () => boolean;
  faults: Record<string, string>;
}

const start = (rule: SegmentRule | undefined): GroupDraft => {
  const draft = draftOf(rule);
  return draft.rules.length ? draft : newGroup("all", [newCondition()]);
};

/** `within`: the filter besides; `refused`: what the server refused of the rule as it was sent. */
export function useRuleEditing(
  initial: SegmentRule | undefined,
  within?: LeadFilter,
  refused: readonly FieldProblem[] = [],
): RuleEditing {
  const [{ draft, added }, set] = useState(() => ({ draft: start(initial), added: undefined as number | undefined }));
  const [isChecked, setChecked] = useState(false);
  const [mendedSince, setMended] = useState<readonly FieldProblem[]>();
  const known = useRuleFields();
  const missing = draftFaults(draft, known.fields);
  const isComplete = !known.isPending && !known.error && Object.keys(missing).length === 0;
  const rule = ruleOf(draft);
  const count = useSegmentCount(isComplete ? { rule, ...(within ? { filter: within } : {}) } : undefined);
  const refusals = mendedSince === refused ? [] : refused;
  return {
    draft,
    rule,
    added,
    known,
    isComplete,
    count,
    change: (next, fresh) => {
      set({ draft: next, added: fresh });
      setMended(refused);
    },
    check: () => {
      setChecked(true);
      return isComplete;
    },
    faults: { ...faultsByPart([...refusals, ...count.errors], draft), ...(isChecked ? missing : {}) },
  };
}

export function RuleEditor({ editing, what }: { editing: RuleEditing; what: string }) {
  const { draft, faults, count } = editing;
  const { fields, isPending, error, retry } = editing.known;
  if (isPending) return <LoadingRows rows={3} label="Loading the fields" />;
  if (error) return <ErrorState what="The fields did not load" error={error} retry={retry} className="!m-0" />;
  return (
    <div className="space-y-3">
      <RuleGroup
        group={draft}
        at=""
        path={ROOT}
        depth={1}
        faults={faults}
        fields={fields}
        added={editing.added}
        isFull={conditionCount(draft) >= MOST_CONDITIONS}
        onChange={editing.change}
      />
      {editing.isComplete ? (
        <p className="[overflow-wrap:anywhere]">
          <span className="text-ink-3">In words: </span>
          {draftWords(draft, fields)}
        </p>
      ) : null}
      <CountPart count={count} isComplete={editing.isComplete} what={what} />
    </div>
  );
}
