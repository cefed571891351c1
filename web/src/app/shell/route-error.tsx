// The screens for a page that broke and a page that does not exist.
import { Link, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { Button } from "@/shared/ui/button";
import { ErrorState } from "@/shared/ui/states";

/** The page's code could not be loaded. */
export class NotFetched extends Error {
  constructor() {
    super("Could not load the page.");
  }
}

/** The page reloads only once the server answers again; otherwise the screen would stay empty. */
const reload = () =>
  void fetch("/boot.js", { cache: "no-store" }).then(
    () => location.reload(),
    () => undefined,
  );

export function RouteError({ error }: { error: unknown }) {
  const router = useRouter();
  const isFetched = !(error instanceof NotFetched);
  useEffect(() => {
    document.documentElement.dataset.ready = "true";
    if (isFetched) return;
    addEventListener("online", reload);
    return () => removeEventListener("online", reload);
  }, [isFetched]);
  if (!isFetched)
    return (
      <div className="m-6 max-w-form max-sm:m-4" role="alert">
        <h1 className="text-title font-semibold">Could not load this page</h1>
        <p className="mt-1 text-ink-2">
          There is no connection to the server. The page opens once you are back online. Your changes are kept.
        </p>
        <Button className="mt-3" onClick={reload}>
          Try again
        </Button>
      </div>
    );
  return (
    <main className="p-2">
      <ErrorState what="This page did not load" error={error} retry={() => void router.invalidate()} />
    </main>
  );
}

export function NotFound() {
  useEffect(() => {
    document.documentElement.dataset.ready = "true";
  }, []);
  return (
    <main className="p-8">
      <h1 className="text-person font-semibold">Page not found</h1>
      <p className="mt-1 text-ink-2">
        The link may be outdated.{" "}
        <Link to="/" className="font-medium text-accent-ink underline">
          Go to Today
        </Link>
      </p>
    </main>
  );
}
