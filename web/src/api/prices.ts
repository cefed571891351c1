// Message prices that the workspace has set, as part of its settings.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { Schema } from "./types";

/** The price in millionths of the currency. */
export type Prices = Schema["Prices"];

export const pricesQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings", { signal })),
  staleTime: 30_000,
});
