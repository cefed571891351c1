// The frame of the pages before sign-in.
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { Logo } from "@/app/shell/logo";

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

/** The missing fields. */
export const need = (values: Record<string, string>, names: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(names)
      .filter(([key]) => !values[key]?.trim())
      .map(([key, what]) => [key, what]),
  );

/** The error of a new password that is too short. */
export const tooShort = (password: string): Record<string, string> =>
  password.length < 10 ? { password: "Choose at least 10 characters." } : {};

/** The error of an address whose domain cannot exist. */
export const wrongDomain = (email: string): Record<string, string> => {
  const domain = email.trim().split("@")[1];
  return domain && !domain.includes(".") ? { email: `Check the part after @: ${domain} is not a domain.` } : {};
};

/** The page that the user was sent from; only ever a page of this app. */
export function useNext() {
  const { next } = useSearch({ strict: false }) as { next?: string };
  const navigate = useNavigate();
  return () => void navigate({ to: next?.startsWith("/") && !next.startsWith("//") ? next : "/", replace: true });
}

/** The values behind the `#`, which no server sees: `#code=…`. */
export const fromFragment = (name: string): string =>
  new URLSearchParams(globalThis.location?.hash.slice(1) ?? "").get(name) ?? "";
