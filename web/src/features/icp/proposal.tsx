// An ICP that the workspace's model proposes from a description: asked for in a dialog, then opened in the editor unsaved.
import { useNavigate } from "@tanstack/react-router";
import { client, unwrap } from "@/api/client";
import { ownKey } from "@/shared/editor/drafts";
import { dropEdits } from "@/shared/editor/kept-edits";
import { Field, TextArea } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { editsOf, type ProposedIcp } from "./model";

const LONGEST_DESCRIPTION = 4000;

/** The place of one user's proposal in one workspace. */
const place = () => `leadflow.proposed-icp:${ownKey("")}`;

/** The latest proposal of this tab, which the editor opens. */
export function lastProposal(): ProposedIcp | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(place()) ?? "null") as ProposedIcp | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a proposal, which was paid for, in place of edits of the one before. */
function keepProposal(proposal: ProposedIcp) {
  sessionStorage.setItem(place(), JSON.stringify(proposal));
  dropEdits(editsOf(undefined, true));
}

export function ProposeDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const form = useForm(
    { description: "" },
    async ({ description }) => {
      keepProposal(await unwrap(client.POST("/api/icp/propose", { body: { description: description.trim() } })));
      onClose();
      void navigate({ to: "/icp/$id", params: { id: "proposal" } });
    },
    ({ description }): Record<string, string> =>
      description.trim() ? {} : { description: "Enter what you sell, and to whom." },
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Propose from a description"
      footer={
        <>
          <Button kind="primary" type="submit" form="propose-icp" busy={form.busy}>
            Propose an ICP
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="propose-icp" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={Object.keys(form.errors)} />
        <Field label="What you sell, to whom, and why they buy it" error={form.errors.description}>
          <TextArea
            rows={7}
            maxLength={LONGEST_DESCRIPTION}
            value={form.values.description}
            onChange={(e) => form.set("description", e.target.value)}
          />
        </Field>
      </form>
      <p className="mt-2 text-ink-2">
        The workspace's language model proposes rules over the fields that you have, each with its reason. Nothing is
        saved until you save it.
      </p>
    </Dialog>
  );
}

/** What the editor says of a proposal: that it is one, and what of it could not be used. */
export function ProposalNote({ remarks }: { remarks: readonly string[] }) {
  return (
    <div className="mx-6 mt-3 rounded-control border bg-sunken px-3 py-2 text-ink-2 max-lg:mx-4">
      <p>Proposed by the language model, and not saved. Check each rule against its count before you save it.</p>
      {remarks.length ? (
        <ul aria-label="Left out of the proposal" className="mt-1 list-disc pl-5 [overflow-wrap:anywhere]">
          {remarks.map((remark) => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
