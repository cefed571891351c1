// Whether the user's login has a password and a second factor.
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";

export const secondFactorQuery = queryOptions({
  queryKey: ["second-factor"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/auth/totp", { signal })),
});

export const secondFactorChanged = (cache: QueryClient) =>
  void cache.invalidateQueries({ queryKey: secondFactorQuery.queryKey });
