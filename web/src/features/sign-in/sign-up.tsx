// The sign-up page: the first user of a company creates a login and its workspace.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Errand } from "@/app/auth/provider-sign-in";
import { signUp } from "@/app/auth/use-session";
import { CountryInput } from "@/shared/forms/country-input";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { ErrorState, LoadingRows } from "@/shared/ui/states";
import { AuthFrame, fromFragment, need, signInLink, tooShort, useNext, wrongDomain } from "./auth-frame";
import { ProviderButtons } from "./provider-buttons";

/** The region of the browser's language, and the device's time zone: a first guess that the form shows. */
function homeCountry(): string {
  return new Intl.Locale(navigator.language).region ?? "";
}

function homeZone(): string | undefined {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone.includes("/") && !zone.startsWith("Etc/") ? zone : undefined;
}

const FIELDS = ["email", "password", "name", "workspace_name", "country", "setup_code"];

export function SignUp() {
  const state = useQuery({
    queryKey: ["sign-up"],
    queryFn: ({ signal }) => unwrap(client.GET("/api/auth/signup", { signal })),
  });
  if (state.isPending) {
    return (
      <AuthFrame title="Create your workspace" lead="One moment.">
        <LoadingRows rows={3} />
      </AuthFrame>
    );
  }
  if (state.isError) {
    return (
      <AuthFrame title="Create your workspace" lead="We could not check whether sign-up is open." foot={signInLink}>
        <ErrorState
          what="This page did not load."
          error={state.error}
          retry={() => void state.refetch()}
          className="m-0"
        />
      </AuthFrame>
    );
  }
  if (state.data.state === "closed") {
    return (
      <AuthFrame
        title="By invitation"
        lead="Sign-up is closed here. Ask a team member to invite you."
        foot={signInLink}
      />
    );
  }
  return <SignUpForm needsCode={state.data.state === "needs_code"} />;
}

function SignUpForm({ needsCode }: { needsCode: boolean }) {
  const go = useNext();
  const form = useForm(
    {
      email: "",
      password: "",
      name: "",
      workspace_name: "",
      country: homeCountry(),
      setup_code: needsCode ? fromFragment("code") : "",
    },
    async (v) => {
      await signUp({
        email: v.email.trim(),
        password: v.password,
        name: v.name.trim(),
        workspace_name: v.workspace_name.trim(),
        country: v.country || undefined,
        zone: homeZone(),
        setup_code: v.setup_code.trim() || undefined,
      });
      go();
    },
    (v) => ({
      ...need(v, {
        email: "Enter your e-mail address.",
        name: "Enter your name.",
        workspace_name: "Enter your company's name.",
      }),
      ...wrongDomain(v.email),
      ...tooShort(v.password),
      ...(needsCode && !v.setup_code.trim() ? { setup_code: "Enter the setup code." } : {}),
    }),
  );
  const byProvider = (): Errand | string => {
    const v = form.values;
    if (!v.name.trim() || !v.workspace_name.trim()) return "Enter your name and your company first.";
    if (needsCode && !v.setup_code.trim()) return "Enter the setup code first.";
    return {
      what: "sign-up",
      body: {
        name: v.name.trim(),
        workspace_name: v.workspace_name.trim(),
        country: v.country || undefined,
        zone: homeZone(),
        setup_code: v.setup_code.trim() || undefined,
      },
    };
  };
  return (
    <AuthFrame
      title="Create your workspace"
      lead="You will be its owner. Nothing is sent until you connect a mailbox and launch a campaign."
      foot={signInLink}
    >
      <form onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} fields={FIELDS} />
        {needsCode ? (
          <Field label="Setup code" error={form.errors.setup_code} help="Your administrator has this code.">
            <Input
              name="setup_code"
              autoComplete="off"
              spellCheck={false}
              value={form.values.setup_code}
              onChange={(e) => form.set("setup_code", e.target.value)}
            />
          </Field>
        ) : null}
        <Field label="Your name" error={form.errors.name}>
          <Input
            name="name"
            autoComplete="name"
            value={form.values.name}
            onChange={(e) => form.set("name", e.target.value)}
          />
        </Field>
        <Field label="Company" error={form.errors.workspace_name}>
          <Input
            name="workspace_name"
            autoComplete="organization"
            value={form.values.workspace_name}
            onChange={(e) => form.set("workspace_name", e.target.value)}
          />
        </Field>
        <Field label="E-mail" error={form.errors.email}>
          <Input
            type="email"
            name="email"
            autoComplete="username"
            value={form.values.email}
            onChange={(e) => form.set("email", e.target.value)}
          />
        </Field>
        <Field label="Password" error={form.errors.password} help="At least 10 characters.">
          <Input
            type="password"
            name="password"
            autoComplete="new-password"
            value={form.values.password}
            onChange={(e) => form.set("password", e.target.value)}
          />
        </Field>
        <Field label="Country" error={form.errors.country} help="Used for phone numbers without a country code.">
          <CountryInput
            name="country"
            autoComplete="country-name"
            value={form.values.country}
            onValue={(country) => form.set("country", country)}
          />
        </Field>
        <Button type="submit" kind="primary" className="w-full" busy={form.busy}>
          Create workspace
        </Button>
      </form>
      <ProviderButtons errand={byProvider} />
    </AuthFrame>
  );
}
