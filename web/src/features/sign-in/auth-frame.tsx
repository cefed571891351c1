// The frame of the pages before somebody is signed in.
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { Logo } from "@/app/shell/rail";

export function AuthFrame({
  title,
  lead,
  children,
  foot,
}: {
  title: string;
  lead: ReactNode;
  children?: ReactNode;
  foot?: ReactNode;
}) {
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
      {foot ? <p className="mt-4 text-ink-2">{foot}</p> : null}
    </main>
  );
}

export const signInLink = (
  <>
    Already here?{" "}
    <Link to="/sign-in" className="font-medium text-accent-ink underline">
      Sign in
    </Link>
  </>
);

/** What is missing, by field. */
export const need = (values: Record<string, string>, names: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(names)
      .filter(([key]) => !values[key]?.trim())
      .map(([key, what]) => [key, what]),
  );

/** A word on a new password, if it is too short. */
export const tooShort = (password: string): Record<string, string> =>
  password.length < 10 ? { password: "Choose at least 10 characters." } : {};

/** An address whose second half cannot be one. */
export const wrongDomain = (email: string): Record<string, string> => {
  const domain = email.trim().split("@")[1];
  return domain && !domain.includes(".") ? { email: `Check the part after @: ${domain} is not a domain.` } : {};
};

/** Where somebody was sent from; only ever a place of our own. */
export function useNext() {
  const { next } = useSearch({ strict: false }) as { next?: string };
  const navigate = useNavigate();
  return () => void navigate({ to: next?.startsWith("/") && !next.startsWith("//") ? next : "/", replace: true });
}

/** What the link carries behind the `#`, which no server sees: `#code=…`. */
export const fromFragment = (name: string): string =>
  new URLSearchParams(globalThis.location?.hash.slice(1) ?? "").get(name) ?? "";
