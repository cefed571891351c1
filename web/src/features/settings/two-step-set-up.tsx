// Setting up an authenticator app: the QR code, the app's first code, and the recovery codes.
import { useState } from "react";
import { encode } from "uqr";
import { client, unwrap } from "@/api/client";
import { startSession } from "@/api/session";
import type { Schema } from "@/api/types";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { CopyButton } from "@/shared/ui/copy-button";
import { Dialog } from "@/shared/ui/dialog";
import { RecoveryCodesDialog } from "./recovery-codes";

type Setup = Schema["SecondFactorSetup"];

const FORM = "set-up-two-step";

export function SetUpDialog({ setup, onClose }: { setup: Setup; onClose: () => void }) {
  const [done, setDone] = useState<Schema["SecondFactorOn"]>();
  if (done?.first) return <RecoveryCodesDialog codes={done.first.codes} onClose={onClose} />;
  const finish = (on: Schema["SecondFactorOn"]) => {
    // All other sessions have ended, and so has the one that asked.
    if (on.first) startSession(on.first.session);
    else onClose();
    setDone(on);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Set up an authenticator app"
      footer={
        <>
          <Button type="submit" form={FORM} kind="primary">
            Switch on
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <FirstCode setup={setup} onDone={finish} />
    </Dialog>
  );
}

function FirstCode({ setup, onDone }: { setup: Setup; onDone: (on: Schema["SecondFactorOn"]) => void }) {
  const form = useForm(
    { code: "" },
    async (v) => {
      const body = { setup: setup.setup, code: v.code };
      onDone(await unwrap(client.POST("/api/auth/totp/confirm", { body })));
    },
    (v): Record<string, string> => (v.code.trim() ? {} : { code: "Enter the code." }),
  );
  return (
    <form id={FORM} onSubmit={form.submit} noValidate className="space-y-3">
      <p className="text-ink-2">Scan this with your app, or enter the key there. Then enter the code that it shows.</p>
      <QrCode text={setup.uri} />
      <p className="flex flex-wrap items-center gap-2">
        <span className="break-all font-mono">{setup.secret.replace(/(.{4})(?=.)/g, "$1 ")}</span>
        <CopyButton what="key" text={setup.secret} />
      </p>
      <FormProblem problem={form.problem} fields={["code"]} />
      <Field label="Code" error={form.errors.code}>
        <Input
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          value={form.values.code}
          onChange={(e) => form.set("code", e.target.value)}
        />
      </Field>
    </form>
  );
}

/** Drawn dark on white in both themes: cameras read nothing else reliably. */
function QrCode({ text }: { text: string }) {
  const { data, size } = encode(text, { border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return (
    <svg
      role="img"
      aria-label="QR code for your authenticator app"
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="mx-auto block w-44"
    >
      <rect width={size} height={size} fill="white" />
      <path d={path} fill="black" />
    </svg>
  );
}
