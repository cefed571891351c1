// The opening line written by hand or by a model again; fetched once the page is in use.
import { useState } from "react";
import { Field, TextArea } from "@/shared/forms/field";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type FieldResult, type LeadDetail, useOpeningLine } from "./queries";

/** The most characters of an opening line, as the server has it. */
const LONGEST = 220;

export function EditOpeningLine({ lead, line }: { lead: LeadDetail; line?: FieldResult }) {
  const { set, writeAgain } = useOpeningLine(lead.id);
  const [draft, setDraft] = useState<string>();
  const text = line?.value?.type === "first_line" ? line.value.text : "";
  const wanted = draft?.trim() ?? "";
  const isGood = wanted !== "" && wanted !== text;
  const save = () => {
    if (!isGood || set.isPending) return;
    set.mutate(wanted, {
      onSuccess: () => {
        setDraft(undefined);
        toast("Opening line saved", { undo: text ? () => set.mutateAsync(text) : undefined });
      },
      onError: (error) => toastProblem("Could not save the opening line", error),
    });
  };
  if (draft !== undefined)
    return (
      <div className="mt-1 space-y-1">
        <Field label="Opening line" help="Every campaign uses it as you write it.">
          <TextArea
            autoFocus
            rows={3}
            maxLength={LONGEST}
            value={draft}
            onChange={(e) => setDraft(e.target.value.replace(/\s*\n\s*/g, " "))}
            onKeyDown={(e) => {
              e.stopPropagation();
              if (e.key === "Escape") setDraft(undefined);
              if (e.key !== "Enter") return;
              e.preventDefault();
              save();
            }}
          />
        </Field>
        <div className="flex gap-2">
          <Button kind="inline" busy={set.isPending} disabled={!isGood} onClick={save}>
            Save
          </Button>
          <Button kind="inline" onClick={() => setDraft(undefined)}>
            Cancel
          </Button>
        </div>
      </div>
    );
  return (
    <div className="flex gap-3">
      <Button kind="inline" onClick={() => setDraft(text)}>
        {text ? "Edit" : "Write it yourself"}
      </Button>
      <Button
        kind="inline"
        busy={writeAgain.isPending}
        onClick={() =>
          writeAgain.mutate(undefined, {
            onSuccess: () => toast("The opening line is being written. It appears here"),
            onError: (error) => toastProblem("Could not have the opening line written", error),
          })
        }
      >
        {text ? "Write again" : "Have it written"}
      </Button>
    </div>
  );
}
