// Deletes leads; what that takes is fetched when it is first asked for.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Whom } from "@/app/enrol/queries";
import { toastProblem } from "@/shared/ui/toast";

/** `name`: that of a single lead. The answer is true if leads were deleted. */
export function useDeleteLeads() {
  const cache = useQueryClient();
  const [isPending, setPending] = useState(false);
  const deleteLeads = async (whom: Whom, name?: string): Promise<boolean> => {
    setPending(true);
    try {
      return await (await import("./delete-leads")).deleteLeads(cache, whom, name);
    } catch (error) {
      toastProblem(`Could not delete ${name ?? "the leads"}`, error);
      return false;
    } finally {
      setPending(false);
    }
  };
  return { isPending, deleteLeads };
}
