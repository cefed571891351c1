// A new password by a link that works once.
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { type SecondFactorChallenge, startOrChallenge } from "@/app/auth/use-session";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { AuthFrame, fromFragment, signInLink, tooShort } from "./auth-frame";
import { SecondStep } from "./second-step";

export function Reset() {
  const navigate = useNavigate();
  const [token] = useState(() => fromFragment("token"));
  const [challenge, setChallenge] = useState<SecondFactorChallenge>();
  const go = () => void navigate({ to: "/", replace: true });
  const form = useForm(
    { password: "" },
    async (v) => {
      const body = { token, password: v.password };
      const asked = await startOrChallenge(await unwrap(client.POST("/api/auth/reset", { body })));
      if (asked) setChallenge(asked);
      else go();
    },
    (v) => tooShort(v.password),
  );
  if (challenge) {
    // The new password is saved: with it the user begins anew.
    const restart = () => void navigate({ to: "/sign-in", replace: true });
    return <SecondStep challenge={challenge} onDone={go} onRestart={restart} />;
  }
  if (!token || form.problem?.code === "link_dead") {
    return (
      <AuthFrame
        title="This link does not work any more"
        lead="It was used, has expired, or your password was changed since."
        foot={signInLink}
      >
        <Link to="/forgot" className="font-medium text-accent-ink underline">
          Request another link
        </Link>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame
      title="Choose a new password"
      lead="You are signed out everywhere else. If you had a password before, accounts that you sign in with, such as Google, are disconnected: connect them again in your profile. The first mailed link to an address that was never confirmed also removes passkeys and two-step sign-in."
      foot={signInLink}
    >
      <form onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} fields={["password"]} />
        <Field label="New password" error={form.errors.password} help="At least 10 characters.">
          <Input
            type="password"
            name="password"
            autoComplete="new-password"
            value={form.values.password}
            onChange={(e) => form.set("password", e.target.value)}
          />
        </Field>
        <Button type="submit" kind="primary" className="w-full" busy={form.busy}>
          Save and sign in
        </Button>
      </form>
    </AuthFrame>
  );
}
