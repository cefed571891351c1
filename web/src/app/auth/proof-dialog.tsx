// Asks for the password, a code or a passkey before something about the sign-in changes.
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import { answerWithPasskey, hasPasskeys, isCancelled } from "@/app/auth/passkeys";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { useStore } from "@/shared/lib/store";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { openProof } from "./proof";

const FORM = "prove-it-is-you";

const confirm = (body: Schema["OwnerProof"]) => unwrap(client.POST("/api/auth/confirm", { body }));

export function ProofDialog() {
  const answer = useStore(openProof);
  if (!answer) return null;
  return <Question onAnswer={answer} />;
}

function Question({ onAnswer }: { onAnswer: (given: boolean) => void }) {
  const [asks, setAsks] = useState<"password" | "code">("password");
  const [problem, setProblem] = useState<string>();
  const form = useForm(
    { password: "", code: "" },
    async (v) => {
      setProblem(undefined);
      await confirm(asks === "code" ? { code: v.code } : { password: v.password });
      onAnswer(true);
    },
    (v): Record<string, string> => {
      if (asks === "code") return v.code.trim() ? {} : { code: "Enter the code." };
      return v.password ? {} : { password: "Enter your password." };
    },
  );
  const byPasskey = async () => {
    setProblem(undefined);
    try {
      await confirm({ passkey: await answerWithPasskey() });
      onAnswer(true);
    } catch (error) {
      if (!isCancelled(error)) setProblem(asProblem(error).detail);
    }
  };
  return (
    <Dialog
      open
      onClose={() => onAnswer(false)}
      title="Confirm that it is you"
      footer={
        <>
          <Button type="submit" form={FORM} kind="primary" busy={form.busy}>
            Continue
          </Button>
          {hasPasskeys() ? <Button onClick={() => void byPasskey()}>Use a passkey</Button> : null}
          <Button kind="quiet" onClick={() => onAnswer(false)}>
            Cancel
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={form.submit} noValidate className="space-y-3">
        <p className="text-ink-2">This changes how you sign in.</p>
        <FormProblem problem={form.problem} fields={["password", "code"]} />
        {problem ? (
          <p role="alert" className="text-bad-ink">
            {problem}
          </p>
        ) : null}
        {asks === "password" ? (
          <Field label="Password" error={form.errors.password}>
            <Input
              type="password"
              name="password"
              autoComplete="current-password"
              value={form.values.password}
              onChange={(e) => form.set("password", e.target.value)}
            />
          </Field>
        ) : (
          <Field label="Code" error={form.errors.code} help="From your authenticator app, or a recovery code.">
            <Input
              name="code"
              autoComplete="one-time-code"
              autoCapitalize="none"
              value={form.values.code}
              onChange={(e) => form.set("code", e.target.value)}
            />
          </Field>
        )}
        <button
          type="button"
          className="text-accent-ink underline"
          onClick={() => setAsks(asks === "password" ? "code" : "password")}
        >
          {asks === "password" ? "Enter a code instead" : "Enter your password instead"}
        </button>
      </form>
    </Dialog>
  );
}
