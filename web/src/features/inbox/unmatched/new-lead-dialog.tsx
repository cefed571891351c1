// The dialog that makes a lead of an unmatched message, and files the message with it.
import { useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { knownLead, type LeadValues, proposedLead } from "./new-lead";
import { type UnmatchedView, useUnmatchedMoves } from "./queries";

const LABELS: [keyof LeadValues, string][] = [
  ["first_name", "First name"],
  ["last_name", "Last name"],
  ["company", "Company"],
  ["email", "E-mail"],
  ["phone", "Phone"],
];

export interface NewLeadDialogProps {
  open: boolean;
  onClose: () => void;
  message: UnmatchedView;
  onLinked: (linked: Schema["LinkedView"], reply: boolean) => void;
}

export function NewLeadDialog({ open, onClose, message, onLinked }: NewLeadDialogProps) {
  const cache = useQueryClient();
  const { link } = useUnmatchedMoves();
  const file = async (lead: string) => {
    // The lead has the sender's address of its own, unless the user has typed another one.
    const linked = await link.mutateAsync({ id: message.id, lead, learns: true });
    onClose();
    onLinked(linked, true);
  };
  const form = useForm<LeadValues>(
    proposedLead(message),
    async (v) => {
      const body = Object.fromEntries(Object.entries(v).flatMap(([k, x]) => (x.trim() ? [[k, x.trim()]] : [])));
      const made = await unwrap(client.POST("/api/leads", { body: { ...body, source: "reply" } }));
      void cache.invalidateQueries({ queryKey: ["leads"] });
      await file(made.id);
    },
    (v): Record<string, string> =>
      v.email.trim() || v.phone.trim() ? {} : { email: "Enter an e-mail address or a phone number." },
  );
  const known = form.problem?.code === "duplicate_lead" ? knownLead(form.problem.errors) : undefined;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Create a lead"
      description="The message becomes the first of the lead's conversation."
      footer={
        <>
          <Button kind="primary" busy={form.busy} type="submit" form="lead-of-message">
            Create lead and reply
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="lead-of-message" onSubmit={form.submit} noValidate className="grid gap-3 sm:grid-cols-2">
        <div className="sm:col-span-2">
          {known ? (
            <div role="alert" className="rounded-control bg-warm-soft px-3 py-2 text-warm-ink">
              <p>{form.problem?.detail}</p>
              <Button size="sm" className="mt-2" busy={link.isPending} onClick={() => void file(known).catch(() => {})}>
                Link the message to this lead
              </Button>
            </div>
          ) : (
            <FormProblem problem={form.problem} fields={LABELS.map(([k]) => k)} />
          )}
        </div>
        {LABELS.map(([key, label]) => (
          <Field key={key} label={label} error={known ? undefined : form.errors[key]}>
            <Input
              name={key}
              type={key === "email" ? "email" : key === "phone" ? "tel" : "text"}
              maxLength={200}
              value={form.values[key]}
              onChange={(e) => form.set(key, e.target.value)}
            />
          </Field>
        ))}
      </form>
    </Dialog>
  );
}
