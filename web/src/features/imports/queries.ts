// Imports at the API: created, uploaded in chunks, mapped, checked, committed.
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, sessionFetch, unwrap } from "@/api/client";
import { asProblem, problemFrom } from "@/api/errors";
import type { Schema } from "@/api/types";
import { chunkRanges, type ImportView } from "./model";

export const importsQuery = queryOptions({
  queryKey: ["imports", "list"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/imports", { signal })),
});

const moving = (view: ImportView | undefined) => view?.state === "committing" || view?.state === "uploading";

export const importQuery = (id: string, watching: boolean) =>
  queryOptions({
    queryKey: ["imports", "one", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/imports/{id}", { params: { path: { id } }, signal })),
    refetchInterval: (query) => (watching || moving(query.state.data) ? 1_000 : false),
  });

async function putChunk(id: string, number: number, part: Blob) {
  const response = await sessionFetch(
    new Request(new URL(`/api/imports/${id}/chunks/${number}`, location.origin), {
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body: await part.arrayBuffer(),
    }),
  );
  if (!response.ok) throw problemFrom(response, await response.json().catch(() => undefined));
}

/** Uploads a file: creates the import, sends its chunks in order, then detects its columns. */
export async function upload(file: File, onProgress: (done: number) => void): Promise<ImportView> {
  const made = await unwrap(client.POST("/api/imports", { body: { file_name: file.name, size_bytes: file.size } }));
  const ranges = chunkRanges(file.size);
  for (const [number, [from, to]] of ranges.entries()) {
    await putChunk(made.id, number, file.slice(from, to));
    onProgress(to / file.size);
  }
  try {
    return await detect(made.id, false);
  } catch (error) {
    const problem = asProblem(error);
    if (problem.code !== "already_imported") throw error;
    throw new ImportedBefore(made.id, problem.byField().import_id ?? "", problem.detail);
  }
}

/** Detects the columns; a file that was imported before is refused unless it is forced. */
export const detect = (id: string, force: boolean, encoding?: string) =>
  unwrap(
    client.POST("/api/imports/{id}/detect", {
      params: { path: { id }, query: { ...(force ? { force: true } : {}), ...(encoding ? { encoding } : {}) } },
    }),
  );

/** Reads the file anew in the encoding that a user has chosen. Whether it was imported before has been asked already. */
export function useRedetect(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (encoding: string) => detect(id, true, encoding),
    onSuccess: (view) => cache.setQueryData(["imports", "one", id], view),
  });
}

/**
 * The upload succeeded, but its content was imported before. Names this import, and the earlier one: empty where a team
 * member whose leads the user does not see has made it.
 */
export class ImportedBefore extends Error {
  constructor(
    readonly waiting: string,
    readonly earlier: string,
    detail: string,
  ) {
    super(detail);
  }
}

export function useImportMoves(id: string) {
  const cache = useQueryClient();
  const put = (view: ImportView) => {
    cache.setQueryData(["imports", "one", id], view);
    void cache.invalidateQueries({ queryKey: ["imports", "list"] });
  };
  const path = { params: { path: { id } } };
  const map = useMutation({
    // One after another: each carries all columns, so the last one must arrive last.
    scope: { id: `map ${id}` },
    mutationFn: (body: Schema["ImportChanges"]) => unwrap(client.PATCH("/api/imports/{id}", { ...path, body })),
    onSuccess: put,
  });
  const check = useMutation({
    mutationFn: () => unwrap(client.POST("/api/imports/{id}/check", path)),
    onSuccess: put,
  });
  const commit = useMutation({
    mutationFn: () => unwrap(client.POST("/api/imports/{id}/commit", path)),
    onSuccess: put,
  });
  return { map, check, commit };
}

export type RowProblem = Schema["RowProblem"];

export const problemsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["imports", "problems", id],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET("/api/imports/{id}/problems", {
          params: { path: { id }, query: { limit: 50, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
