// The accounts at providers by which the user may sign in, in the profile.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { proven } from "@/app/auth/proof";
import { goToProvider, providersQuery, type SignInProvider } from "@/app/auth/provider-sign-in";
import { day } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";

export const identitiesQuery = queryOptions({
  queryKey: ["identities"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/auth/identities", { signal })),
});

const about = (identity: Schema["ConnectedIdentity"] | undefined) =>
  identity
    ? `${identity.email ?? "An account without an address"}, connected: ${day(identity.connected_at)}`
    : "Not connected";

export function SignInWays() {
  const offered = useQuery(providersQuery);
  const query = useQuery(identitiesQuery);
  const cache = useQueryClient();
  const disconnect = useMutation({
    mutationFn: (provider: SignInProvider) =>
      proven(() => unwrap(client.DELETE("/api/auth/identities/{provider}", { params: { path: { provider } } }))),
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: identitiesQuery.queryKey });
      toast("Account disconnected");
    },
    onError: (error) => toastProblem("Could not disconnect the account", error),
  });
  if (!offered.data?.items.length) return null;
  return (
    <section aria-label="Sign-in ways">
      <Heading>Sign-in ways</Heading>
      <p className="mt-1 mb-2 text-ink-2">An account that you connect signs you in without your password.</p>
      <Loaded query={query} what="Your sign-in ways">
        {(list) => (
          <ul className="divide-y divide-line border-y border-line">
            {offered.data.items.map(({ provider, name }) => {
              const connected = list.items.find((identity) => identity.provider === provider);
              return (
                <li key={provider} className="flex min-h-12 items-center gap-3 py-2">
                  <span className="min-w-0 grow">
                    <span className="block font-medium first-letter:uppercase">{name}</span>
                    <span className="block break-words text-meta text-ink-2">{about(connected)}</span>
                  </span>
                  {connected ? (
                    <Button
                      size="sm"
                      kind="quiet"
                      aria-label={`Disconnect ${name}`}
                      busy={disconnect.isPending && disconnect.variables === provider}
                      onClick={() => disconnect.mutate(provider)}
                    >
                      Disconnect
                    </Button>
                  ) : (
                    <Button
                      size="sm"
                      aria-label={`Connect ${name}`}
                      onClick={() => goToProvider(provider, { what: "connect" })}
                    >
                      Connect
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </Loaded>
    </section>
  );
}
