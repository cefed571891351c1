// What a message costs, as the workspace has said: part of the answer that the settings are read from.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { Schema } from "./types";

/** In millionths of the currency. */
export type Prices = Schema["Prices"];

export const pricesQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings", { signal })),
  staleTime: 30_000,
});
