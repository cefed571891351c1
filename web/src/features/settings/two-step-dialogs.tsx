// The dialogs of two-step sign-in once it is on: new recovery codes, and switching it off.
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toast } from "@/shared/ui/toast";
import { RecoveryCodesDialog } from "./recovery-codes";

const RENEW = "renew-recovery-codes";
const SWITCH_OFF = "switch-off-two-step";

export function RenewDialog({ onClose }: { onClose: () => void }) {
  const [codes, setCodes] = useState<string[]>();
  const form = useForm(
    { code: "" },
    async (body) => setCodes((await unwrap(client.POST("/api/auth/totp/recovery-codes", { body }))).codes),
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
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id={RENEW} onSubmit={form.submit} noValidate className="space-y-3">
        <p className="text-ink-2">The codes that you have now stop working.</p>
        <FormProblem problem={form.problem} fields={["code"]} />
        <Field label="Code" error={form.errors.code} help="From your authenticator app.">
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
  const form = useForm(
    { password: "" },
    async (body) => {
      await unwrap(client.POST("/api/auth/totp/off", { body }));
      toast("Two-step sign-in is off");
      onClose();
    },
    (v): Record<string, string> => (v.password ? {} : { password: "Enter your password." }),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Switch off two-step sign-in?"
      footer={
        <>
          <Button type="submit" form={SWITCH_OFF} kind="grave" busy={form.busy}>
            Switch off
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id={SWITCH_OFF} onSubmit={form.submit} noValidate className="space-y-3">
        <p className="text-ink-2">Your password alone signs you in then. Your recovery codes stop working.</p>
        <FormProblem problem={form.problem} fields={["password"]} />
        <Field label="Password" error={form.errors.password}>
          <Input
            type="password"
            name="password"
            autoComplete="current-password"
            value={form.values.password}
            onChange={(e) => form.set("password", e.target.value)}
          />
        </Field>
      </form>
    </Dialog>
  );
}
