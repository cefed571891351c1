// The advanced filter of the list: a rule is built, and the list shows what it selects, or it becomes a segment.
import { type FormEvent, useState } from "react";
import type { LeadFilter, SegmentRule } from "@/api/types";
import { plural } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { RuleEditor, useRuleEditing } from "./editor";

/** The API takes no longer rule in an address. */
export const LONGEST_RULE = 4_000;

export function RuleDialog({
  rule,
  within,
  mayMake,
  onShow,
  onSegment,
  onClose,
}: {
  rule?: SegmentRule;
  /** The other filters of the list. */
  within: LeadFilter;
  /** The permission without which no segment can be saved. */
  mayMake: boolean;
  onShow: (rule: SegmentRule | undefined) => void;
  onSegment: (rule: SegmentRule) => void;
  onClose: () => void;
}) {
  const editing = useRuleEditing(rule, within);
  const [isLong, setLong] = useState(false);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (!editing.check()) return;
    const long = JSON.stringify(editing.rule).length > LONGEST_RULE;
    setLong(long);
    if (!long) onShow(editing.rule);
  };
  const { total, isOld } = editing.count;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="Advanced filter"
      footer={
        <>
          <Button kind="primary" type="submit" form="advanced-filter">
            {editing.isComplete && total !== undefined && !isOld ? `Show ${plural(total, "lead")}` : "Show leads"}
          </Button>
          {mayMake ? <Button onClick={() => editing.check() && onSegment(editing.rule)}>Save as segment</Button> : null}
          {rule ? (
            <Button kind="quiet" onClick={() => onShow(undefined)}>
              Remove filter
            </Button>
          ) : null}
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="advanced-filter" onSubmit={submit} noValidate className="space-y-3">
        {isLong ? (
          <p role="alert" className="rounded-control bg-bad-soft px-3 py-2 text-bad-ink">
            This rule is too long for the list's address. {mayMake ? "Save it as a segment" : "Shorten it"} to use it.
          </p>
        ) : null}
        <RuleEditor editing={editing} what="Leads of this list that match" />
      </form>
    </Dialog>
  );
}
