// Companies from the API: the list, one company, its timeline, and changes of what is noted about it.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import type { Sort } from "@/shared/grid/grid";

export type CompanyRow = Schema["CompanyRowView"];
export type Company = Schema["CompanyView"];
export type CompanyChanges = Omit<Schema["CompanyRecordChanges"], "rev">;

/** The columns that companies can be sorted by, by the API's names. */
export const SORTS = ["leads", "name", "won", "score", "last_contacted"] as const;

export interface CompanyList {
  q?: string;
  sort: Sort;
}

const USUAL: Sort = { by: "leads", dir: "desc" };

/** `-score` is score, highest first. */
export function parseSort(text: string | undefined): Sort {
  const by = text?.replace(/^-/, "") ?? "";
  if (!(SORTS as readonly string[]).includes(by)) return USUAL;
  return { by, dir: text?.startsWith("-") ? "desc" : "asc" };
}

export const spellSort = (sort: Sort) => `${sort.dir === "desc" ? "-" : ""}${sort.by}`;

export const companiesKey = (list: CompanyList) => ["companies", "list", list.q ?? "", list.sort];

export const fetchCompanies = (list: CompanyList, cursor: string | undefined, limit: number, signal?: AbortSignal) =>
  unwrap(
    client.GET("/api/companies", {
      params: { query: { q: list.q || undefined, sort: list.sort.by, order: list.sort.dir, cursor, limit } },
      signal,
    }),
  );

export const companyQuery = (domain: string) =>
  queryOptions({
    queryKey: ["companies", "one", domain],
    queryFn: ({ signal }) => unwrap(client.GET("/api/companies/{domain}", { params: { path: { domain } }, signal })),
  });

export const timelineQuery = (domain: string) =>
  queryOptions({
    queryKey: ["companies", "timeline", domain],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/companies/{domain}/timeline", { params: { path: { domain } }, signal })),
  });

/** The leads of a company, the best score first. */
export const leadsQuery = (domain: string) =>
  queryOptions({
    queryKey: ["leads", "list", "company", domain],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/leads", {
          params: { query: { company_domain: domain, sort: "score", order: "desc", limit: 50 } },
          signal,
        }),
      ),
  });

/** Changes what is noted about a company. `rev` is that of the company that the user saw. */
export function useChangeCompany(domain: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ changes, rev }: { changes: CompanyChanges; rev?: number }) =>
      unwrap(client.PATCH("/api/companies/{domain}", { params: { path: { domain } }, body: { ...changes, rev } })),
    onSuccess: (company) => cache.setQueryData(companyQuery(domain).queryKey, company),
    onSettled: () => void cache.invalidateQueries({ queryKey: ["companies"] }),
  });
}

/** Puts the company's domain on the suppression list: nobody there is mailed any more. */
export function useSuppressCompany(domain: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(client.POST("/api/settings/suppressions", { body: { scope: "domain", value: domain } })),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["companies"] });
      void cache.invalidateQueries({ queryKey: ["suppression"] });
    },
  });
}
