// The list of leads that a run was started for, as the page's address has it.
import type { SavedView } from "@/api/types";
import { searchOf } from "../model";
import type { RunView } from "./model";

/** Leads that were ticked one by one are in no filter: the whole list is shown, with the run's cells. */
export function searchOfRun({ selection }: Pick<RunView, "selection">) {
  if (selection.by !== "filter") return {};
  const filter = {
    status: [],
    temperature: [],
    priority: [],
    country: [],
    category: [],
    tag: [],
    company_domain: [],
    ...selection.filter,
  };
  const { q, f, rule } = searchOf({ id: "", name: "", filter, columns: [] } as unknown as SavedView);
  return { q, f, rule };
}
