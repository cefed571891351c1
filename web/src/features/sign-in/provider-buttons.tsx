// The ways to sign in beside the password, where the installation offers any.
import { useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Schema } from "@/api/types";
import { goToProvider, offeredProviders } from "@/app/auth/provider-sign-in";
import { Button } from "@/shared/ui/button";

/** Asked for without the query cache, which is emptied while a user signs out and this page comes. */
function useOffered() {
  const [offered, setOffered] = useState<Schema["OfferedSignIn"][]>([]);
  useEffect(() => {
    // Without an answer the password is the way to sign in.
    offeredProviders().then(
      ({ items }) => setOffered(items),
      () => undefined,
    );
  }, []);
  return offered;
}

export function ProviderButtons() {
  const { next } = useSearch({ strict: false }) as { next?: string };
  const offered = useOffered();
  if (!offered.length) return null;
  return (
    <div className="mt-4 space-y-2 border-t border-line pt-4">
      {offered.map(({ provider, name }) => (
        <Button key={provider} className="w-full" onClick={() => goToProvider(provider, { what: "sign-in", next })}>
          Continue with {name}
        </Button>
      ))}
    </div>
  );
}
