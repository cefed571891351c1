// Campaigns, sequences, segments and views that the palette finds by name.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { campaignsQuery } from "@/app/enrol/queries";
import { segmentsQuery, viewsQuery } from "@/app/segments/queries";
import { sequencesQuery } from "@/app/shared-queries";

export interface Thing {
  id: string;
  name: string;
  group: "Campaigns" | "Sequences" | "Segments" | "Views";
  target:
    | { to: "/campaigns/$id" | "/sequences/$id"; params: { id: string } }
    | { to: "/leads"; search: { f: string } | { view: string } };
}

export function useThings(enabled: boolean): Thing[] {
  const campaigns = useQuery({ ...campaignsQuery, enabled }).data;
  const sequences = useQuery({ ...sequencesQuery, enabled }).data;
  const segments = useQuery({ ...segmentsQuery, enabled }).data;
  const views = useQuery({ ...viewsQuery, enabled }).data;
  return useMemo(
    () => [
      ...(campaigns?.items ?? []).map(
        ({ id, name }): Thing => ({ id, name, group: "Campaigns", target: { to: "/campaigns/$id", params: { id } } }),
      ),
      ...(sequences?.items ?? []).map(
        ({ id, name }): Thing => ({ id, name, group: "Sequences", target: { to: "/sequences/$id", params: { id } } }),
      ),
      ...(segments?.items ?? []).map(
        ({ id, name }): Thing => ({
          id,
          name,
          group: "Segments",
          target: { to: "/leads", search: { f: `segment:${id}` } },
        }),
      ),
      ...(views?.items ?? []).map(
        ({ id, name }): Thing => ({ id, name, group: "Views", target: { to: "/leads", search: { view: id } } }),
      ),
    ],
    [campaigns, sequences, segments, views],
  );
}
