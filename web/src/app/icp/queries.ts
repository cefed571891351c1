// The workspace's ICPs, and how a lead fits one of them, as several pages need them.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";

/** The main one first, then by name. */
export const icpsQuery = queryOptions({
  queryKey: ["icp", "list"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/icp", { signal })),
  staleTime: 60_000,
});

/** Asked anew after each change of the lead, which its revision tells. */
export const leadFitQuery = (icp: string, lead: string, rev: number) =>
  queryOptions({
    queryKey: ["icp", icp, "lead", lead, rev],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/icp/{id}/leads/{lead}", { params: { path: { id: icp, lead } }, signal })),
  });
