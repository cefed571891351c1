// Leads from the API: a page of the list, one lead for the peek, changes shown at once and taken back when refused.
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { LeadRow, Page, SegmentRule } from "@/api/types";
import type { LeadFilter } from "@/app/enrol/queries";
import { movedWords } from "@/app/stages/moved-words";
import { LIST_FILTERS, type ListFilter, listQuery } from "@/shared/lib/lead-fields";
import { stageBefore } from "@/shared/lib/stages";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type Filters, NEXT_STEP, parseSort } from "./model";

export interface LeadsView {
  q?: string;
  filters: Filters;
  sort?: string;
  rule?: SegmentRule;
  /** The columns that were chosen: each row has their values. */
  columns?: readonly string[];
}

export const leadsKey = (view: LeadsView) => [
  "leads",
  "list",
  view.q ?? "",
  view.filters,
  view.sort ?? "",
  view.rule ?? 0,
  view.columns ?? [],
];

export function apiQuery(view: LeadsView) {
  const sort = parseSort(view.sort);
  const f = view.filters;
  return {
    q: view.q || undefined,
    ...listQuery(f),
    campaign: f.campaign?.[0],
    owner: f.owner?.[0],
    segment: f.segment?.[0],
    rule: view.rule && JSON.stringify(view.rule),
    sort: sort.by,
    order: sort.dir,
  };
}

export function fetchLeads(
  view: LeadsView,
  cursor: string | undefined,
  limit: number,
  signal?: AbortSignal,
): Promise<Page<LeadRow> & { as_of?: string | null }> {
  // A name with a comma in it can be asked for in JSON alone.
  const names = (view.columns ?? []).filter((name) => name !== NEXT_STEP);
  const columns = names.some((name) => name.includes(",")) ? JSON.stringify(names) : names.join(",");
  const query = { ...apiQuery(view), columns: columns || undefined, cursor, limit };
  return unwrap(client.GET("/api/leads", { params: { query }, signal }));
}

export type LeadChanges = Partial<
  Pick<LeadRow, "company" | "status" | "lost_reason" | "priority" | "follow_up_at" | "tags">
> & {
  first_name?: string | null;
  last_name?: string | null;
  email?: string | null;
  phone?: string | null;
};

function patchRows(cache: QueryClient, id: string, changes: Partial<LeadRow>) {
  const before = cache.getQueriesData<Page<LeadRow>>({ queryKey: ["leads", "list"] });
  for (const [key, page] of before) {
    if (!page?.items?.some((l) => l.id === id)) continue;
    cache.setQueryData(key, { ...page, items: page.items.map((l) => (l.id === id ? { ...l, ...changes } : l)) });
  }
  return () => {
    for (const [key, page] of before) cache.setQueryData(key, page);
  };
}

const send = (id: string, changes: LeadChanges) =>
  unwrap(client.PATCH("/api/leads/{id}", { params: { path: { id } }, body: changes }));

/** Changes one lead; the row shows the change at once, and its former value if the server refuses. */
export function useChangeLead() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ row, changes }: { row: LeadRow; changes: LeadChanges }) => send(row.id, changes),
    onMutate: async ({ row, changes }) => {
      await cache.cancelQueries({ queryKey: ["leads", "list"] });
      return { rollback: patchRows(cache, row.id, changes as Partial<LeadRow>) };
    },
    onError: (error, { row }, context) => {
      context?.rollback();
      toastProblem(`Could not change ${row.name}`, error);
    },
    onSuccess: (_answer, { row, changes }) => {
      const before = Object.fromEntries(
        Object.keys(changes).map((key) => [key, row[key as keyof LeadRow] ?? null]),
      ) as LeadChanges;
      if (changes.status) Object.assign(before, stageBefore(row));
      const what = changes.status ? movedWords(row, changes.status) : `Changed ${row.name}`;
      toast(what, {
        undo: async () => {
          patchRows(cache, row.id, before as Partial<LeadRow>);
          await send(row.id, before);
          await cache.invalidateQueries({ queryKey: ["leads"] });
        },
      });
    },
    onSettled: (_a, _e, { row }) => {
      void cache.invalidateQueries({ queryKey: ["leads", "one", row.id] });
    },
  });
}

/** The filter in the form that a bulk change takes. */
export function bulkFilter(view: LeadsView): LeadFilter {
  const f = view.filters;
  const owner = f.owner?.[0] ?? null;
  return {
    q: view.q || null,
    ...(Object.fromEntries(LIST_FILTERS.map((field) => [field, f[field] ?? []])) as Pick<LeadFilter, ListFilter>),
    campaign: f.campaign?.[0] ?? null,
    ...(owner === "none" ? { owner: null, unowned: true } : { owner }),
    ...(f.segment ? { segment: f.segment[0] } : {}),
    ...(view.rule ? { rule: view.rule } : {}),
  };
}
