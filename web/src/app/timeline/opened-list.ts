// The list from which a lead was opened, so that J and K move within it.
import { createStore } from "@/shared/lib/store";

export interface OpenedList {
  ids: string[];
  total: number;
  label: string;
}

export const openedLeads = createStore<OpenedList>({ ids: [], total: 0, label: "Leads" });
