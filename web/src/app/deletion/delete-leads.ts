// Deletes leads, with Undo in the toast.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Whom } from "@/app/enrol/queries";
import { plural } from "@/shared/lib/format";
import { toast, toastProblem } from "@/shared/ui/toast";
import { lookAgain } from "./look-again";

/** `name`: that of a single lead. The answer is true if leads were deleted. */
export function useDeleteLeads() {
  const cache = useQueryClient();
  const onSettled = () => lookAgain(cache);
  const remove = useMutation({
    mutationFn: (whom: Whom) => unwrap(client.POST("/api/leads/delete", { body: whom })),
    onSettled,
  });
  const restore = useMutation({
    mutationFn: (ids: string[]) => unwrap(client.POST("/api/leads/restore", { body: { ids } })),
    onSettled,
  });
  return {
    isPending: remove.isPending,
    deleteLeads: async (whom: Whom, name?: string): Promise<boolean> => {
      try {
        const { deleted, skipped } = await remove.mutateAsync(whom);
        if (!deleted.length) {
          toast(`${name ?? "No lead"} was ${name ? "not " : ""}deleted`, { tone: "problem" });
          return false;
        }
        const undo = async () => {
          const left = (await restore.mutateAsync(deleted)).skipped.length;
          if (left) toast(`${plural(left, "lead")} could not be restored`, { tone: "problem" });
        };
        const said = name ?? plural(deleted.length, "lead");
        toast(`Deleted ${said}${skipped.length ? `, ${skipped.length} left` : ""}`, { undo });
        return true;
      } catch (error) {
        toastProblem(`Could not delete ${name ?? "the leads"}`, error);
        return false;
      }
    },
  };
}
