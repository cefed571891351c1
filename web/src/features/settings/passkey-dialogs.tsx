// The dialogs of a passkey: another name, and its removal.
import { useMutation } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { isUnproven, proven } from "@/app/auth/proof";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Dialog } from "@/shared/ui/dialog";
import { toast } from "@/shared/ui/toast";
import type { Passkey } from "./passkeys";

const RENAME = "rename-passkey";

export function RenamePasskeyDialog({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const params = { path: { id: passkey.id } };
  const form = useForm(
    { name: passkey.name },
    async (v) => {
      const body = { name: v.name.trim() };
      await proven(() => unwrap(client.PATCH("/api/auth/passkeys/{id}", { params, body })));
      onClose();
    },
    (v): Record<string, string> => (v.name.trim() ? {} : { name: "Enter a name." }),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Rename the passkey"
      footer={
        <>
          <Button type="submit" form={RENAME} kind="primary" busy={form.busy}>
            Save name
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id={RENAME} onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} fields={["name"]} />
        <Field label="Name" error={form.errors.name}>
          <Input
            name="name"
            maxLength={60}
            value={form.values.name}
            onChange={(e) => form.set("name", e.target.value)}
          />
        </Field>
      </form>
    </Dialog>
  );
}

export function RemovePasskeyDialog({
  passkey,
  isLast,
  onClose,
}: {
  passkey: Passkey;
  isLast: boolean;
  onClose: () => void;
}) {
  const params = { path: { id: passkey.id } };
  const remove = useMutation({
    mutationFn: () => proven(() => unwrap(client.DELETE("/api/auth/passkeys/{id}", { params }))),
    onSuccess: () => {
      toast("Passkey removed");
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Remove ${passkey.name}?`}
      yes="Remove"
      busy={remove.isPending}
      error={isUnproven(remove.error) ? undefined : remove.error}
      onYes={() => remove.mutate()}
      onClose={onClose}
    >
      It signs you in no more. Delete it on your device, too.
      {isLast ? " Without an authenticator app, your password alone signs you in then." : ""}
    </ConfirmDialog>
  );
}
