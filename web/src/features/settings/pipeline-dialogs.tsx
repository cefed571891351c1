// The dialogs of the pipeline: a stage, its deletion, and a lost reason.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { plural } from "@/shared/lib/format";
import type { Stage } from "@/shared/lib/stages";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { toast } from "@/shared/ui/toast";
import {
  bodyOf,
  checkStage,
  draftOf,
  EMPTY_STAGE,
  isClosed,
  type LostReason,
  leadsIn,
  moveAll,
  openStages,
  type Pipeline,
  type StageDraft,
  stageBody,
  useSavePipeline,
} from "./pipeline";

export function StageDialog({ pipeline, stage, onClose }: { pipeline: Pipeline; stage?: Stage; onClose: () => void }) {
  const save = useSavePipeline();
  const form = useForm<StageDraft>(
    stage ? draftOf(stage) : EMPTY_STAGE,
    async (draft) => {
      const next = stageBody(draft, stage?.id);
      const stages = stage
        ? pipeline.stages.map((s) => (s.id === stage.id ? next : s))
        : [...openStages(pipeline.stages), next, ...pipeline.stages.filter(({ id }) => isClosed(id))];
      await save.mutateAsync({ ...bodyOf(pipeline), stages });
      toast(`${draft.name.trim()} ${stage ? "changed" : "added"}`);
      onClose();
    },
    checkStage,
  );
  const v = form.values;
  return (
    <Dialog
      open
      onClose={onClose}
      title={stage ? `Change ${stage.name}` : "Add a stage"}
      footer={
        <>
          <Button kind="primary" type="submit" form="stage" busy={form.busy}>
            {stage ? "Save stage" : "Add stage"}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="stage" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={["name", "probability", "days"]} />
        <Field label="Name" error={form.errors.name}>
          <Input value={v.name} maxLength={40} onChange={(e) => form.set("name", e.target.value)} />
        </Field>
        {stage && isClosed(stage.id) ? null : (
          <>
            <Field
              label="Probability in percent"
              error={form.errors.probability}
              help="How likely a lead of this stage is won."
            >
              <Input
                inputMode="numeric"
                value={v.probability}
                onChange={(e) => form.set("probability", e.target.value)}
              />
            </Field>
            <Field
              label="Stale after days"
              error={form.errors.days}
              help="Leads that are in the stage for longer are marked. Leave it empty to mark none."
            >
              <Input inputMode="numeric" value={v.days} onChange={(e) => form.set("days", e.target.value)} />
            </Field>
          </>
        )}
      </form>
    </Dialog>
  );
}

export function DeleteStage({ pipeline, stage, onClose }: { pipeline: Pipeline; stage: Stage; onClose: () => void }) {
  const save = useSavePipeline();
  const cache = useQueryClient();
  const leads = useQuery({
    queryKey: ["leads", "in-stage", stage.id],
    queryFn: ({ signal }) => leadsIn(stage.id, signal),
    staleTime: 0,
  });
  const others = pipeline.stages.filter(({ id }) => id !== stage.id && !isClosed(id));
  const before = pipeline.stages.findIndex(({ id }) => id === stage.id) - 1;
  const [to, setTo] = useState(pipeline.stages[before]?.id ?? "new");
  const [moved, setMoved] = useState(0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const remove = async () => {
    setBusy(true);
    setError(undefined);
    try {
      if (leads.data) await moveAll(stage.id, to, setMoved);
      const stages = pipeline.stages.filter(({ id }) => id !== stage.id);
      await save.mutateAsync({ ...bodyOf(pipeline), stages });
      toast(`${stage.name} deleted`);
      onClose();
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
      void cache.invalidateQueries({ queryKey: ["leads"] });
    }
  };
  return (
    <ConfirmDialog
      title={`Delete ${stage.name}?`}
      yes={leads.data ? `Move ${plural(leads.data, "lead")} and delete` : "Delete stage"}
      busy={busy}
      blocked={leads.data === undefined}
      error={error ?? leads.error}
      onYes={() => void remove()}
      onClose={onClose}
    >
      {leads.data === undefined ? (
        "Counting its leads"
      ) : leads.data === 0 ? (
        "No lead is in this stage."
      ) : (
        <Field label={`Move ${plural(leads.data, "lead")} to`}>
          <Select
            value={to}
            options={others.map(({ id, name }) => ({ value: id, label: name }))}
            onValue={setTo}
            className="w-full"
          />
        </Field>
      )}
      {busy && moved ? <p role="status">{plural(moved, "lead")} moved</p> : null}
    </ConfirmDialog>
  );
}

export function ReasonDialog({
  pipeline,
  reason,
  onClose,
}: {
  pipeline: Pipeline;
  reason?: LostReason;
  onClose: () => void;
}) {
  const save = useSavePipeline();
  const form = useForm(
    { name: reason?.name ?? "" },
    async ({ name }) => {
      const next = { ...(reason ? { id: reason.id } : {}), name: name.trim() };
      const known = bodyOf(pipeline).lost_reasons;
      const lost_reasons = reason ? known.map((r) => (r.id === reason.id ? next : r)) : [...known, next];
      await save.mutateAsync({ ...bodyOf(pipeline), lost_reasons });
      toast(`${next.name} ${reason ? "changed" : "added"}`);
      onClose();
    },
    ({ name }): Record<string, string> => (name.trim() ? {} : { name: "Enter a name" }),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={reason ? `Change ${reason.name}` : "Add a reason"}
      footer={
        <>
          <Button kind="primary" type="submit" form="lost-reason" busy={form.busy}>
            {reason ? "Save reason" : "Add reason"}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="lost-reason" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={["name"]} />
        <Field label="Name" error={form.errors.name}>
          <Input value={form.values.name} maxLength={40} onChange={(e) => form.set("name", e.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}
