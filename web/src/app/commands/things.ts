// Campaigns and sequences that the palette finds by name.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { campaignsQuery } from "@/app/enrol/queries";
import { sequencesQuery } from "@/app/shared-queries";

export interface Thing {
  id: string;
  name: string;
  group: "Campaigns" | "Sequences";
  to: "/campaigns/$id" | "/sequences/$id";
}

export function useThings(enabled: boolean): Thing[] {
  const campaigns = useQuery({ ...campaignsQuery, enabled }).data;
  const sequences = useQuery({ ...sequencesQuery, enabled }).data;
  return useMemo(
    () => [
      ...(campaigns?.items ?? []).map(
        ({ id, name }): Thing => ({ id, name, group: "Campaigns", to: "/campaigns/$id" }),
      ),
      ...(sequences?.items ?? []).map(
        ({ id, name }): Thing => ({ id, name, group: "Sequences", to: "/sequences/$id" }),
      ),
    ],
    [campaigns, sequences],
  );
}
