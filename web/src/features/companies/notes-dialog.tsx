// What users note about a company: its name, its owner, the company that it is a part of, and a note.
import { useQuery } from "@tanstack/react-query";
import { teamQuery } from "@/app/shared-queries";
import { Field, Input, TextArea } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { toast } from "@/shared/ui/toast";
import { type Company, type CompanyChanges, useChangeCompany } from "./queries";

interface Draft {
  name: string;
  owner: string;
  parent: string;
  note: string;
}

const draftOf = (c: Company): Draft => ({
  name: c.given_name ?? "",
  owner: c.owner ?? "",
  parent: c.parents[0]?.domain ?? "",
  note: c.note ?? "",
});

const changesOf = (draft: Draft): CompanyChanges => ({
  name: draft.name.trim() || null,
  owner: draft.owner || null,
  parent: draft.parent.trim() || null,
  note: draft.note.trim() || null,
});

export function NotesDialog({ company, onClose }: { company: Company; onClose: () => void }) {
  const change = useChangeCompany(company.domain);
  const team = useQuery(teamQuery).data?.items ?? [];
  const before = draftOf(company);
  const form = useForm<Draft>(before, async (draft) => {
    const saved = await change.mutateAsync({ changes: changesOf(draft), rev: company.rev });
    toast(`${saved.name} saved`, {
      undo: () => change.mutateAsync({ changes: changesOf(before), rev: saved.rev }),
    });
    onClose();
  });
  const owners = team.filter((member) => !member.disabled || member.id === form.values.owner);
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Edit ${company.name}`}
      footer={
        <>
          <Button kind="primary" type="submit" form="company" busy={form.busy}>
            Save
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="company" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={Object.keys(before)} />
        <Field label="Name" error={form.errors.name} help="Left empty, it is the company that its leads name.">
          <Input value={form.values.name} maxLength={120} onChange={(e) => form.set("name", e.target.value)} />
        </Field>
        <Field label="Owner" error={form.errors.owner}>
          <Select
            value={form.values.owner}
            options={[
              { value: "", label: "Nobody" },
              ...owners.map((member) => ({ value: member.id, label: member.name })),
            ]}
            onValue={(owner) => form.set("owner", owner)}
            className="w-full"
          />
        </Field>
        <Field label="Part of" error={form.errors.parent} help="The domain of the company above it.">
          <Input
            value={form.values.parent}
            placeholder="group.example"
            onChange={(e) => form.set("parent", e.target.value)}
          />
        </Field>
        <Field label="Note" error={form.errors.note}>
          <TextArea
            rows={5}
            value={form.values.note}
            maxLength={4000}
            onChange={(e) => form.set("note", e.target.value)}
          />
        </Field>
      </form>
    </Dialog>
  );
}
