// Leads that the palette finds by name, company or address.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { LeadRow, Temperature } from "@/api/types";

export interface PersonHit {
  id: string;
  name: string;
  company?: string;
  temperature?: Temperature;
}

export const findPeople = (q: string) =>
  queryOptions({
    queryKey: ["people", q],
    staleTime: 30_000,
    queryFn: async ({ signal }): Promise<PersonHit[]> => {
      const page = await unwrap(client.GET("/api/leads", { params: { query: { q, limit: 6 } }, signal }));
      return page.items.map((l: LeadRow) => ({
        id: l.id,
        name: l.name,
        company: l.company ?? undefined,
        temperature: l.temperature,
      }));
    },
  });
