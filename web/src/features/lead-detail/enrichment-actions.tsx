// What a user does about a lead's enrichment: edits the opening line, has it written, or has all looked up again. Fetched
// once the page is in use.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { Field, TextArea } from "@/shared/forms/field";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import type { FieldResult, LeadDetail } from "./queries";

/** The most characters of an opening line, as the server has it. */
const LONGEST = 220;

/** Sets the opening line by hand, or has it written again. */
function useOpeningLine(id: string) {
  const cache = useQueryClient();
  const params = { path: { id } };
  const onSettled = () => cache.invalidateQueries({ queryKey: ["leads", "one", id] });
  const set = useMutation({
    mutationFn: (text: string) => unwrap(client.PUT("/api/leads/{id}/opening-line", { params, body: { text } })),
    onSettled,
  });
  const writeAgain = useMutation({
    mutationFn: () => unwrap(client.POST("/api/leads/{id}/personalize", { params })),
    onSettled,
  });
  return { set, writeAgain };
}

/** Asks all look-ups of the lead anew. */
function useLookUpAgain(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(client.POST("/api/leads/{id}/enrich", { params: { path: { id } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["leads", "one", id] }),
  });
}

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
        toast("Opening line saved", { undo: line?.source === "user" ? () => set.mutateAsync(text) : undefined });
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

/** Looks location, e-mail address and website up again, and has the opening line written from what is found. */
export function LookUpAgain({ lead }: { lead: LeadDetail }) {
  const again = useLookUpAgain(lead.id);
  return (
    <Button
      kind="inline"
      busy={again.isPending}
      onClick={() =>
        again.mutate(undefined, {
          onSuccess: () => toast("Looking up again. The results appear here"),
          onError: (error) => toastProblem(`Could not look up ${lead.name}`, error),
        })
      }
    >
      Look up again
    </Button>
  );
}
