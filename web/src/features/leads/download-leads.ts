// The list as a file.
import { download } from "@/api/download";
import { apiQuery, type LeadsView } from "./queries";

/** Downloads the leads of the list in its order, as a file. */
export function downloadLeads(view: LeadsView): Promise<void> {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(apiQuery(view))) if (value) query.set(key, value);
  return download(`/api/leads/export.csv?${query}`, "leads.csv");
}
