// ICPs at the API: one, its counts while it is edited, its changes with the ways back.
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { asProblem, type FieldProblem } from "@/api/errors";
import type { IcpPreview, IcpPreviewRequest, IcpView, Schema } from "@/api/types";
import { useDelayed } from "@/shared/lib/hooks";

const WAIT_MS = 200;
const FRESH_MS = 30_000;

export const icpQuery = (id: string) =>
  queryOptions({
    queryKey: ["icp", "one", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/icp/{id}", { params: { path: { id } }, signal })),
  });

export interface Counted {
  /** The counts of the ICP as it was last counted, and how long that took. */
  answer?: IcpPreview;
  tookMs?: number;
  /** Whether the ICP was changed since. */
  isOld: boolean;
  errors: readonly FieldProblem[];
  failed?: unknown;
  retry: () => void;
}

/** Counts an ICP that is being written; nothing is asked before the fields are known. */
export function useCounted(profile: IcpPreviewRequest | undefined, round: number): Counted {
  const now = profile ? JSON.stringify({ ...profile, round }) : "";
  const asked = useDelayed(now, WAIT_MS);
  const query = useQuery({
    queryKey: ["icp", "preview", asked],
    enabled: !!asked && !!now,
    queryFn: async ({ signal }) => {
      const start = performance.now();
      const body = JSON.parse(asked) as IcpPreviewRequest;
      const answer = await unwrap(client.POST("/api/icp/preview", { body, signal }));
      return { answer, tookMs: performance.now() - start };
    },
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    retry: false,
  });
  const isOld = asked !== now || query.isPlaceholderData || query.isFetching;
  const problem = query.error && !isOld ? asProblem(query.error) : undefined;
  return {
    answer: query.data?.answer,
    tookMs: query.data?.tookMs,
    isOld,
    errors: problem?.status === 422 ? problem.errors : [],
    failed: problem && problem.status !== 422 ? query.error : undefined,
    retry: () => void query.refetch(),
  };
}

const path = (id: string) => ({ path: { id } });

const bodyOf = ({ name, rules, weights, threshold, main }: IcpView): Schema["NewIcp"] => ({
  name,
  rules,
  weights,
  threshold,
  main,
});

export function useIcpMoves() {
  const cache = useQueryClient();
  const onSettled = () =>
    Promise.all([cache.invalidateQueries({ queryKey: ["icp"] }), cache.invalidateQueries({ queryKey: ["leads"] })]);
  const onSuccess = (icp: IcpView) => cache.setQueryData(icpQuery(icp.id).queryKey, icp);
  const add = useMutation({
    mutationFn: (body: Schema["NewIcp"]) => unwrap(client.POST("/api/icp", { body })),
    onSuccess,
    onSettled,
  });
  const change = useMutation({
    mutationFn: ({ id, ...body }: Schema["IcpChanges"] & Pick<IcpView, "id">) =>
      unwrap(client.PATCH("/api/icp/{id}", { params: path(id), body })),
    onSuccess,
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE("/api/icp/{id}", { params: path(id) })),
    onSettled,
  });
  /** Makes a deleted ICP again, which then has another id. */
  const restore = (icp: IcpView) => add.mutateAsync(bodyOf(icp));
  return { add, change, remove, restore };
}

/** Saves what an ICP finds for use elsewhere: as a view that is sorted by fit, or as a segment. */
export function useSaveElsewhere() {
  const cache = useQueryClient();
  const good = ({ field, threshold }: IcpView) => ({ if: { field, at_least: String(threshold) } });
  const view = useMutation({
    mutationFn: (icp: IcpView) =>
      unwrap(
        client.POST("/api/views", {
          body: {
            name: icp.name,
            filter: { rule: good(icp) },
            sort: icp.field,
            order: "desc",
            columns: ["name", "company", icp.field, "status", "campaign", "last_contacted", "city"],
          },
        }),
      ),
    onSettled: () => cache.invalidateQueries({ queryKey: ["views"] }),
  });
  const segment = useMutation({
    mutationFn: (icp: IcpView) => unwrap(client.POST("/api/segments", { body: { name: icp.name, rule: good(icp) } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["segments"] }),
  });
  const dropView = (id: string) =>
    unwrap(client.DELETE("/api/views/{id}", { params: path(id) })).then(() =>
      cache.invalidateQueries({ queryKey: ["views"] }),
    );
  const dropSegment = (id: string) =>
    unwrap(client.DELETE("/api/segments/{id}", { params: path(id) })).then(() =>
      cache.invalidateQueries({ queryKey: ["segments"] }),
    );
  return { view, segment, dropView, dropSegment };
}
