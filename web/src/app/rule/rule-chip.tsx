// The rule of the list as a chip that tells it, opens it for editing, and drops it.
import { X } from "lucide-react";
import type { SegmentRule } from "@/api/types";
import { Button } from "@/shared/ui/button";
import { ruleWords } from "./sentence";
import { useRuleFields } from "./use-rule-fields";

export function RuleChip({ rule, onEdit, onRemove }: { rule: SegmentRule; onEdit: () => void; onRemove: () => void }) {
  const { fields, isPending } = useRuleFields();
  const told = isPending ? "Advanced filter" : ruleWords(rule, fields);
  return (
    <span className="inline-flex h-control-sm max-w-100 shrink-0 items-center gap-1 rounded-control border border-line bg-raised max-sm:h-9 max-sm:max-w-60">
      <Button
        kind="bare"
        title={`${told}. Edit the advanced filter`}
        onClick={onEdit}
        className="h-full min-w-0 truncate rounded-control pl-2 font-medium hover:underline"
      >
        {told}
      </Button>
      <Button
        kind="bare"
        aria-label="Remove the advanced filter"
        onClick={onRemove}
        className="flex size-6 shrink-0 items-center justify-center rounded-control text-ink-2 hover:bg-sunken hover:text-ink"
      >
        <X size={13} />
      </Button>
    </span>
  );
}
