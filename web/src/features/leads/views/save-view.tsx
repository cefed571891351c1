// The dialogs in which a view gets its name: a new one, for oneself or shared, and one that is renamed.
import type { SavedView } from "@/api/types";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Switch } from "@/shared/ui/switch";
import { toast } from "@/shared/ui/toast";
import type { ListSearch } from "../model";
import { contentOf, useViewMoves } from "./moves";

const checkName = ({ name }: { name: string }): Record<string, string> =>
  name.trim() ? {} : { name: "Enter a name." };

function NameField({ name, error, onName }: { name: string; error?: string; onName: (name: string) => void }) {
  return (
    <Field label="Name" error={error}>
      <Input value={name} maxLength={80} onChange={(e) => onName(e.target.value)} />
    </Field>
  );
}

function Footer({ save, busy, onClose }: { save: string; busy: boolean; onClose: () => void }) {
  return (
    <>
      <Button kind="primary" type="submit" form="saved-view" busy={busy}>
        {save}
      </Button>
      <Button kind="quiet" onClick={onClose}>
        Cancel
      </Button>
    </>
  );
}

export function SaveView({
  search,
  onClose,
  onSaved,
}: {
  /** The list as it is shown. */
  search: ListSearch;
  onClose: () => void;
  onSaved: (view: SavedView) => void;
}) {
  const { add } = useViewMoves();
  const form = useForm(
    { name: "", shared: false },
    async ({ name, shared }) => {
      const saved = await add.mutateAsync({ name: name.trim(), shared, ...contentOf(search) });
      toast(`View ${saved.name} saved`);
      onSaved(saved);
      onClose();
    },
    checkName,
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Save as a view"
      description="The filters, the order and the columns that the list shows now."
      footer={<Footer save="Save view" busy={form.busy} onClose={onClose} />}
    >
      <form id="saved-view" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={["name"]} />
        <NameField name={form.values.name} error={form.errors.name} onName={(name) => form.set("name", name)} />
        <Switch
          checked={form.values.shared}
          onValue={(on) => form.set("shared", on)}
          label="Shared with everyone"
          note="Everyone in the workspace sees the view. Only you and admins can change it."
        />
      </form>
    </Dialog>
  );
}

export function RenameView({ view, onClose }: { view: SavedView; onClose: () => void }) {
  const { change } = useViewMoves();
  const form = useForm(
    { name: view.name },
    async ({ name }) => {
      const saved = await change.mutateAsync({ id: view.id, rev: view.rev, name: name.trim() });
      toast(`${view.name} is now ${saved.name}`, {
        undo: () => change.mutateAsync({ id: view.id, rev: saved.rev, name: view.name }),
      });
      onClose();
    },
    checkName,
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Rename ${view.name}`}
      footer={<Footer save="Rename view" busy={form.busy} onClose={onClose} />}
    >
      <form id="saved-view" onSubmit={form.submit} noValidate>
        <FormProblem problem={form.problem} fields={["name"]} />
        <NameField name={form.values.name} error={form.errors.name} onName={(name) => form.set("name", name)} />
      </form>
    </Dialog>
  );
}
