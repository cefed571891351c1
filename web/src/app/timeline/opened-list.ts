// The list a lead was opened from, so that J and K go on in it.
import { createStore } from "@/shared/lib/store";

export interface Viewed {
  ids: string[];
  total: number;
  label: string;
}

export const viewedLeads = createStore<Viewed>({ ids: [], total: 0, label: "Leads" });
