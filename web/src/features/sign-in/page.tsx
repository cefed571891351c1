// The door: sign in, or open a workspace.
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { signIn, signUp } from "@/app/auth/use-session";
import { Logo } from "@/app/shell/rail";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";

function Door({ title, lead, children, foot }: { title: string; lead: string; children: ReactNode; foot: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · leadflow`;
    document.documentElement.dataset.ready = "true";
  }, [title]);
  return (
    <main className="flex min-h-dvh flex-col items-center bg-canvas px-4 pt-[12vh] pb-8">
      <div className="mb-6 flex items-center gap-2.5">
        <Logo />
        <span className="text-title font-semibold">leadflow</span>
      </div>
      <div className="w-full max-w-[380px] rounded-card border border-line bg-surface p-6">
        <h1 className="text-person font-semibold">{title}</h1>
        <p className="mb-4 text-ink-2">{lead}</p>
        {children}
      </div>
      <p className="mt-4 text-ink-2">{foot}</p>
    </main>
  );
}

const need = (values: Record<string, string>, names: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(names)
      .filter(([key]) => !values[key]?.trim())
      .map(([key, what]) => [key, what]),
  );

/** Where somebody was sent from; only ever a place of our own. */
function useNext() {
  const { next } = useSearch({ strict: false }) as { next?: string };
  const navigate = useNavigate();
  return () => void navigate({ to: next?.startsWith("/") && !next.startsWith("//") ? next : "/", replace: true });
}

export function SignIn() {
  const go = useNext();
  const form = useForm(
    { email: "", password: "" },
    async (v) => {
      await signIn({ email: v.email.trim(), password: v.password });
      go();
    },
    (v) => need(v, { email: "Enter your e-mail address.", password: "Enter your password." }),
  );
  return (
    <Door
      title="Sign in"
      lead="Your leads, and what happens to them next."
      foot={
        <>
          No account yet?{" "}
          <Link to="/sign-up" className="font-medium text-accent-ink underline">
            Create your account
          </Link>
        </>
      }
    >
      <form onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} fields={["email", "password"]} />
        <Field label="E-mail" error={form.errors.email}>
          <Input
            type="email"
            name="email"
            autoComplete="username"
            value={form.values.email}
            onChange={(e) => form.set("email", e.target.value)}
          />
        </Field>
        <Field label="Password" error={form.errors.password}>
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
    </Door>
  );
}

/** The region of the browser's language, and the machine's zone: a first guess that the form shows. */
function homeCountry(): string {
  return new Intl.Locale(navigator.language).region ?? "";
}

function homeZone(): string | undefined {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone.includes("/") && !zone.startsWith("Etc/") ? zone : undefined;
}

export function SignUp() {
  const go = useNext();
  const form = useForm(
    { email: "", password: "", name: "", workspace_name: "", country: homeCountry() },
    async (v) => {
      await signUp({
        email: v.email.trim(),
        password: v.password,
        name: v.name.trim(),
        workspace_name: v.workspace_name.trim(),
        country: v.country.trim().toUpperCase() || undefined,
        zone: homeZone(),
      });
      go();
    },
    (v) => ({
      ...need(v, {
        email: "Enter your e-mail address.",
        name: "Enter your name.",
        workspace_name: "Enter your company's name.",
      }),
      ...(v.password.length < 10 ? { password: "Choose at least 10 characters." } : {}),
    }),
  );
  return (
    <Door
      title="Create your account"
      lead="You become its owner. Nothing is sent until you connect a mailbox and launch a campaign."
      foot={
        <>
          Already here?{" "}
          <Link to="/sign-in" className="font-medium text-accent-ink underline">
            Sign in
          </Link>
        </>
      }
    >
      <form onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} fields={["email", "password", "name", "workspace_name", "country"]} />
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
        <Field
          label="Country"
          error={form.errors.country}
          help="Two letters, such as GB. Numbers without a country code are read as from there."
        >
          <Input
            name="country"
            autoComplete="country"
            maxLength={2}
            value={form.values.country}
            onChange={(e) => form.set("country", e.target.value)}
          />
        </Field>
        <Button type="submit" kind="primary" className="w-full" busy={form.busy}>
          Create workspace
        </Button>
      </form>
    </Door>
  );
}
