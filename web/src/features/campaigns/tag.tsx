// The tag that a campaign puts on each lead that is enrolled: set for a new campaign, shown and changed on its page.
import { type FormEvent, useState } from "react";
import { asProblem } from "@/api/errors";
import type { CampaignView } from "@/api/types";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toast } from "@/shared/ui/toast";
import { useChangeCampaign } from "./queries";

export function TagField({
  value,
  error,
  onValue,
}: {
  value: string;
  error?: string;
  onValue: (value: string) => void;
}) {
  return (
    <Field
      label="Tag"
      error={error}
      help="Added to every lead enrolled from now on, so that you can filter by it. Leave empty for no tag."
    >
      <Input value={value} maxLength={60} onChange={(e) => onValue(e.target.value)} />
    </Field>
  );
}

export function CampaignTag({ campaign: c, open }: { campaign: CampaignView; open: boolean }) {
  const [changing, setChanging] = useState(false);
  if (!open && !c.lead_tag) return null;
  return (
    <span>
      {c.lead_tag ? (
        <>
          Tags leads <span className="text-ink [overflow-wrap:anywhere]">{c.lead_tag}</span>{" "}
        </>
      ) : null}
      {open ? (
        <Button kind="inline" onClick={() => setChanging(true)}>
          {c.lead_tag ? "Change tag" : "Add a tag"}
        </Button>
      ) : null}
      {changing ? <ChangeTag campaign={c} onClose={() => setChanging(false)} /> : null}
    </span>
  );
}

function ChangeTag({ campaign: c, onClose }: { campaign: CampaignView; onClose: () => void }) {
  const change = useChangeCampaign(c.id);
  /** The value when the dialog was opened, whatever is saved meanwhile. */
  const [before] = useState(c);
  const [tag, setTag] = useState(c.lead_tag ?? "");
  const problem = change.error ? asProblem(change.error) : undefined;
  const save = (e: FormEvent) => {
    e.preventDefault();
    if (change.isPending) return;
    change.mutate(
      { lead_tag: tag.trim() || null, rev: before.rev },
      {
        onSuccess: (now) => {
          toast(now.lead_tag ? `New leads are tagged ${now.lead_tag}` : "New leads are no longer tagged", {
            undo: () => change.mutateAsync({ lead_tag: before.lead_tag ?? null }),
          });
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Tag of ${c.name}`}
      description="Leads enrolled earlier keep their tags."
      footer={
        <>
          <Button kind="primary" type="submit" form="campaign-tag" busy={change.isPending}>
            Save
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="campaign-tag" onSubmit={save} noValidate className="space-y-3">
        <FormProblem problem={problem} fields={["lead_tag"]} />
        <TagField value={tag} error={problem?.byField().lead_tag} onValue={setTag} />
      </form>
    </Dialog>
  );
}
