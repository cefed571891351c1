// The page for those who have forgotten their password: a link by mail.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { AuthFrame, need, signInLink, wrongDomain } from "./auth-frame";

export function Forgot() {
  const [asked, setAsked] = useState<string>();
  const form = useForm(
    { email: "" },
    async (v) => {
      const email = v.email.trim();
      await unwrap(client.POST("/api/auth/forgot", { body: { email } }));
      setAsked(email);
    },
    (v) => ({ ...need(v, { email: "Enter your e-mail address." }), ...wrongDomain(v.email) }),
  );
  if (asked) {
    return (
      <AuthFrame
        title="Check your e-mail"
        lead={`If ${asked} has a login, a link is on its way there.`}
        foot={signInLink}
      >
        <p className="text-ink-2">
          The link works once, within an hour. If nothing arrives, check your spam folder or ask an admin of your team
          for a link.
        </p>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame
      title="Forgot your password?"
      lead="We will e-mail you a link to choose a new one."
      foot={
        <Link to="/sign-in" className="font-medium text-accent-ink underline">
          Back to sign in
        </Link>
      }
    >
      <form onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} fields={["email"]} />
        <Field label="E-mail" error={form.errors.email}>
          <Input
            type="email"
            name="email"
            autoComplete="username"
            value={form.values.email}
            onChange={(e) => form.set("email", e.target.value)}
          />
        </Field>
        <Button type="submit" kind="primary" className="w-full" busy={form.busy}>
          Send link
        </Button>
      </form>
    </AuthFrame>
  );
}
