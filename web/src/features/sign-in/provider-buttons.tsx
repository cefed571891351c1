// The ways to sign in beside the password, where the installation offers any.
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { goToProvider, providersQuery } from "@/app/auth/provider-sign-in";
import { Button } from "@/shared/ui/button";

export function ProviderButtons() {
  const { next } = useSearch({ strict: false }) as { next?: string };
  const { data } = useQuery(providersQuery);
  if (!data?.items.length) return null;
  return (
    <div className="mt-4 space-y-2 border-t border-line pt-4">
      {data.items.map(({ provider, name }) => (
        <Button key={provider} className="w-full" onClick={() => goToProvider(provider, { what: "sign-in", next })}>
          Continue with {name}
        </Button>
      ))}
    </div>
  );
}
