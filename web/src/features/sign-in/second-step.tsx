// The second page of a sign-in: the code of the authenticator app, a recovery code, or a passkey.
import { useEffect, useRef } from "react";
import { type SecondFactorChallenge, verifyCode } from "@/app/auth/use-session";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { AuthFrame } from "./auth-frame";
import { PasskeyButton } from "./passkey-button";

export function SecondStep({
  challenge,
  onDone,
  onRestart,
}: {
  challenge: SecondFactorChallenge;
  onDone: () => void;
  onRestart: () => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  const { app, passkey } = challenge;
  useEffect(() => field.current?.focus(), []);
  const form = useForm(
    { code: "" },
    async (v) => {
      await verifyCode({ token: challenge.token, code: v.code });
      onDone();
    },
    (v): Record<string, string> => (v.code.trim() ? {} : { code: "Enter the code." }),
  );
  return (
    <AuthFrame
      title={app ? "Enter your code" : "Use your passkey"}
      lead={
        app
          ? "Open your authenticator app and enter the six digits that it shows."
          : "Your password alone does not sign you in: use your passkey, or enter a recovery code."
      }
      foot={
        <button type="button" className="font-medium text-accent-ink underline" onClick={onRestart}>
          Start again
        </button>
      }
    >
      <form onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} fields={["code"]} />
        <Field
          label={app ? "Code" : "Recovery code"}
          error={form.errors.code}
          help={app ? "No app at hand? Enter one of your recovery codes." : undefined}
        >
          <Input
            ref={field}
            name="code"
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={40}
            value={form.values.code}
            onChange={(e) => form.set("code", e.target.value)}
          />
        </Field>
        <Button type="submit" kind="primary" className="w-full" busy={form.busy}>
          Sign in
        </Button>
      </form>
      {passkey ? (
        <div className="mt-4 border-t border-line pt-4">
          <PasskeyButton label="Use a passkey" token={challenge.token} onDone={onDone} />
        </div>
      ) : null}
    </AuthFrame>
  );
}
