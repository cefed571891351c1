// The workspace's segments and the saved views that the user may see, as every page may need them.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";

export const segmentsQuery = queryOptions({
  queryKey: ["segments", "list"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/segments", { signal })),
});

/** The user's own views, then the shared ones. */
export const viewsQuery = queryOptions({
  queryKey: ["views"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/views", { signal })),
  staleTime: 60_000,
});

/** Names a segment by its id, also one that is gone. */
export function useSegmentName(enabled: boolean): (id: string) => string {
  const { data, isPending } = useQuery({ ...segmentsQuery, enabled });
  return (id) => data?.items.find((segment) => segment.id === id)?.name ?? (isPending ? "…" : "a deleted segment");
}
