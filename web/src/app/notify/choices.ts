// What the user is told outside the app: the kinds for each channel, and the hours in which nothing is pushed.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";

export const choicesQuery = queryOptions({
  queryKey: ["notification-choices"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/notifications/choices", { signal })),
});
