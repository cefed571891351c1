// A page that broke, and a page that does not exist.
import { Link, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { ErrorState } from "@/shared/ui/states";

export function Broken({ error }: { error: unknown }) {
  const router = useRouter();
  useEffect(() => {
    document.documentElement.dataset.ready = "true";
  }, []);
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
      <h1 className="text-person font-semibold">There is no page here</h1>
      <p className="mt-1 text-ink-2">
        The address may be from an older link.{" "}
        <Link to="/" className="font-medium text-accent-ink underline">
          Go to Today
        </Link>
      </p>
    </main>
  );
}
