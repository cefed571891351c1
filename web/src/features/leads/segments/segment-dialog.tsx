// The dialog in which a segment is named and its rule is built.
import { asProblem, type FieldProblem } from "@/api/errors";
import type { SegmentRule, SegmentView } from "@/api/types";
import { RuleEditor, useRuleEditing } from "@/app/rule/editor";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toast } from "@/shared/ui/toast";
import { useSegmentMoves } from "./moves";

const NONE: readonly FieldProblem[] = [];

export function SegmentDialog({
  segment,
  rule,
  onClose,
  onSaved,
}: {
  /** The segment that is changed; a new one without it. */
  segment?: SegmentView;
  /** The rule of a new segment, if one was built before. */
  rule?: SegmentRule;
  onClose: () => void;
  onSaved?: (segment: SegmentView) => void;
}) {
  const { add, change } = useSegmentMoves();
  const failed = change.error ?? add.error;
  const editing = useRuleEditing(segment?.rule ?? rule, undefined, failed ? asProblem(failed).errors : NONE);
  const form = useForm(
    { name: segment?.name ?? "" },
    async ({ name }) => {
      const body = { name: name.trim(), rule: editing.rule };
      const saved = segment
        ? await change.mutateAsync({ id: segment.id, rev: segment.rev, ...body })
        : await add.mutateAsync(body);
      toast(segment ? `${saved.name} changed` : `Segment ${saved.name} saved`, {
        undo: segment
          ? () => change.mutateAsync({ id: segment.id, rev: saved.rev, name: segment.name, rule: segment.rule })
          : undefined,
      });
      onSaved?.(saved);
      onClose();
    },
    ({ name }): Record<string, string> => {
      const isWhole = editing.check();
      return {
        ...(name.trim() ? {} : { name: "Enter a name." }),
        ...(isWhole ? {} : { rule: "Complete the conditions." }),
      };
    },
  );
  const ofRule = Object.keys(form.errors).filter((field) => field === "rule" || /^rule[.[]/.test(field));
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={segment ? `Edit ${segment.name}` : "New segment"}
      footer={
        <>
          <Button kind="primary" type="submit" form="segment" busy={form.busy}>
            {segment ? "Save changes" : "Save segment"}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="segment" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={["name", ...ofRule]} />
        <Field label="Name" error={form.errors.name} className="max-w-form">
          <Input value={form.values.name} maxLength={80} onChange={(e) => form.set("name", e.target.value)} />
        </Field>
        <RuleEditor editing={editing} what="Leads in this segment" />
      </form>
    </Dialog>
  );
}
