// The sign-in page, for those who have a login.
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { whySessionEnded } from "@/api/session";
import { type SecondFactorChallenge, signIn } from "@/app/auth/use-session";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { AuthFrame, need, useNext } from "./auth-frame";
import { PasskeyButton } from "./passkey-button";
import { ProviderButtons } from "./provider-buttons";
import { SecondStep } from "./second-step";

export function SignIn() {
  const go = useNext();
  const { next } = useSearch({ strict: false }) as { next?: string };
  const [why] = useState(whySessionEnded);
  const [challenge, setChallenge] = useState<SecondFactorChallenge>();
  const form = useForm(
    { email: "", password: "" },
    async (v) => {
      const asked = await signIn({ email: v.email.trim(), password: v.password });
      if (asked) setChallenge(asked);
      else go();
    },
    (v) => need(v, { email: "Enter your e-mail address.", password: "Enter your password." }),
  );
  if (challenge) return <SecondStep challenge={challenge} onDone={go} onRestart={() => setChallenge(undefined)} />;
  return (
    <AuthFrame
      title="Sign in"
      lead="Your leads, and what happens to them next."
      foot={
        <>
          No login yet?{" "}
          <Link to="/sign-up" className="font-medium text-accent-ink underline">
            Create your workspace
          </Link>
        </>
      }
    >
      <form onSubmit={form.submit} noValidate className="space-y-3">
        {why && !form.problem ? (
          <div role="status" className="rounded-control bg-sunken px-3 py-2">
            {why}
          </div>
        ) : null}
        <FormProblem problem={form.problem} fields={["email", "password"]} />
        <Field label="E-mail" error={form.errors.email}>
          <Input
            type="email"
            name="email"
            autoComplete="username webauthn"
            value={form.values.email}
            onChange={(e) => form.set("email", e.target.value)}
          />
        </Field>
        <Field
          label="Password"
          error={form.errors.password}
          aside={
            <Link to="/forgot" className="text-accent-ink underline">
              Forgot it?
            </Link>
          }
        >
          <Input
            type="password"
            name="password"
            autoComplete="current-password"
            value={form.values.password}
            onChange={(e) => form.set("password", e.target.value)}
          />
        </Field>
        <Button type="submit" kind="primary" className="w-full" busy={form.busy}>
          Sign in
        </Button>
      </form>
      <div className="mt-4 border-t border-line pt-4">
        <PasskeyButton label="Continue with a passkey" offers onDone={go} />
      </div>
      <ProviderButtons errand={() => ({ what: "sign-in", next })} />
    </AuthFrame>
  );
}
