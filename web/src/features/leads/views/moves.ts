// What the list shows as a view's content, and changes of saved views at the API.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { SavedView, Schema } from "@/api/types";
import { viewsQuery } from "@/app/segments/queries";
import { type ListSearch, parseColumns, parseFilters, parseSort, searchOf, spellFilters, spellSort } from "../model";
import { bulkFilter } from "../queries";

/** What a view holds of the list, without its name. */
export type ViewContent = Omit<Schema["NewView"], "name" | "shared">;

export function contentOf({ q, f, sort, rule, cols }: ListSearch): ViewContent {
  const { segment = null, ...filter } = bulkFilter({ q, filters: parseFilters(f), rule });
  const { by, dir } = parseSort(sort);
  return { filter, segment, sort: by, order: dir, columns: parseColumns(cols) ?? [] };
}

const canonical = ({ q, f, sort, rule, cols }: ListSearch) =>
  JSON.stringify([q ?? "", spellFilters(parseFilters(f)) ?? "", spellSort(parseSort(sort)), rule ?? 0, cols ?? ""]);

/** Whether the list differs from the view that it started from. */
export const differs = (search: ListSearch, view: SavedView) => canonical(search) !== canonical(searchOf(view));

const bodyOf = ({ name, shared, position, filter, segment, sort, order, columns }: SavedView): Schema["NewView"] => ({
  name,
  shared,
  position,
  filter,
  segment,
  sort,
  order,
  columns,
});

const path = (id: string) => ({ path: { id } });

export function useViewMoves() {
  const cache = useQueryClient();
  const keep = (view: SavedView) =>
    cache.setQueryData(viewsQuery.queryKey, (old) => {
      if (!old) return old;
      const isKnown = old.items.some(({ id }) => id === view.id);
      return { ...old, items: isKnown ? old.items.map((v) => (v.id === view.id ? view : v)) : [...old.items, view] };
    });
  const onSettled = () => cache.invalidateQueries({ queryKey: viewsQuery.queryKey });
  const add = useMutation({
    mutationFn: (body: Schema["NewView"]) => unwrap(client.POST("/api/views", { body })),
    onSuccess: keep,
    onSettled,
  });
  const change = useMutation({
    mutationFn: ({ id, ...body }: Partial<Schema["NewView"]> & Pick<SavedView, "id" | "rev">) =>
      unwrap(client.PATCH("/api/views/{id}", { params: path(id), body })),
    onSuccess: keep,
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE("/api/views/{id}", { params: path(id) })),
    onSettled,
  });
  /** Makes a deleted view again, which then has another id. */
  const restore = (view: SavedView) => add.mutateAsync(bodyOf(view));
  return { add, change, remove, restore };
}
