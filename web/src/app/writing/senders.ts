// The accounts that a message by hand may leave from.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";

/** `lead`: the lead that is written to; the account that it knows is told then. */
export const leadSendersQuery = (lead: string) =>
  queryOptions({
    queryKey: ["senders", lead],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/emails/senders", { params: { query: { lead_id: lead } }, signal })),
  });
