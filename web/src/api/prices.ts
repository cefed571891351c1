// What a message costs, as the workspace has said: part of the answer that the settings are read from.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";

/** In millionths of the currency. */
export interface Prices {
  email_micros?: number | null;
  sms_segment_micros?: number | null;
  whatsapp_micros?: number | null;
}

export const pricesQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => unwrap<{ currency: string; prices?: Prices }>(client.GET("/api/settings", { signal })),
  staleTime: 30_000,
});
