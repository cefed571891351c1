// The ways to sign in beside the password, where the installation offers any.
import { useEffect, useState } from "react";
import type { Schema } from "@/api/types";
import { type Errand, goToProvider, offeredProviders, type SignInProvider } from "@/app/auth/provider-sign-in";
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

/** `errand` says what follows at the provider's answer, or what has to be entered first. */
export function ProviderButtons({ errand }: { errand: () => Errand | string }) {
  const offered = useOffered();
  const [missing, setMissing] = useState<string>();
  if (!offered.length) return null;
  const go = (provider: SignInProvider) => {
    const next = errand();
    if (typeof next === "string") setMissing(next);
    else goToProvider(provider, next);
  };
  return (
    <div className="mt-2 space-y-2">
      {offered.map(({ provider, name }) => (
        <Button key={provider} className="w-full" onClick={() => go(provider)}>
          Continue with {name}
        </Button>
      ))}
      {missing ? (
        <p role="alert" className="text-bad-ink">
          {missing}
        </p>
      ) : null}
    </div>
  );
}
