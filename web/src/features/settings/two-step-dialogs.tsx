// The dialogs of two-step sign-in once it is on: new recovery codes, and removing the authenticator app.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import { answerWithPasskey, hasPasskeys, isCancelled } from "@/app/auth/passkeys";
import { isUnproven, proven } from "@/app/auth/proof";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Dialog } from "@/shared/ui/dialog";
import { toast } from "@/shared/ui/toast";
import { passkeysQuery } from "./passkeys";
import { RecoveryCodesDialog } from "./recovery-codes";

const RENEW = "renew-recovery-codes";

export function RenewDialog({ onClose }: { onClose: () => void }) {
  const [codes, setCodes] = useState<string[]>();
  const passkeys = useQuery(passkeysQuery);
  const renew = async (body: Schema["SecondProof"]) =>
    setCodes((await unwrap(client.POST("/api/auth/totp/recovery-codes", { body }))).codes);
  const byPasskey = useMutation({ mutationFn: async () => renew({ passkey: await answerWithPasskey() }) });
  const problem = byPasskey.error && !isCancelled(byPasskey.error) ? asProblem(byPasskey.error).detail : undefined;
  const form = useForm(
    { code: "" },
    renew,
    (v): Record<string, string> => (v.code.trim() ? {} : { code: "Enter the code." }),
  );
  if (codes) return <RecoveryCodesDialog codes={codes} onClose={onClose} />;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Make new recovery codes"
      footer={
        <>
          <Button type="submit" form={RENEW} kind="primary" busy={form.busy}>
            Make new codes
          </Button>
          {hasPasskeys() && passkeys.data?.items.length ? (
            <Button busy={byPasskey.isPending} onClick={() => byPasskey.mutate()}>
              Use a passkey
            </Button>
          ) : null}
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id={RENEW} onSubmit={form.submit} noValidate className="space-y-3">
        <p className="text-ink-2">The codes that you have now stop working.</p>
        <FormProblem problem={form.problem} fields={["code"]} />
        {problem ? (
          <p role="alert" className="text-bad-ink">
            {problem}
          </p>
        ) : null}
        <Field
          label="Code"
          error={form.errors.code}
          help="From your authenticator app, or a recovery code that you have left."
        >
          <Input
            name="code"
            autoComplete="one-time-code"
            value={form.values.code}
            onChange={(e) => form.set("code", e.target.value)}
          />
        </Field>
      </form>
    </Dialog>
  );
}

export function SwitchOffDialog({ onClose }: { onClose: () => void }) {
  const off = useMutation({
    mutationFn: () => proven(() => unwrap(client.DELETE("/api/auth/totp", {}))),
    onSuccess: () => {
      toast("Authenticator app removed");
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title="Remove the authenticator app?"
      yes="Remove"
      busy={off.isPending}
      error={isUnproven(off.error) ? undefined : off.error}
      onYes={() => off.mutate()}
      onClose={onClose}
    >
      Without a passkey, your password alone signs you in then, and your recovery codes stop working.
    </ConfirmDialog>
  );
}
