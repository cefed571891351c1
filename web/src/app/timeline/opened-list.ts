// The list a lead was opened from, so that J and K go on in it.
import { createStore } from "@/shared/lib/store";

export interface OpenedList {
  ids: string[];
  total: number;
  label: string;
}

export const openedLeads = createStore<OpenedList>({ ids: [], total: 0, label: "Leads" });
