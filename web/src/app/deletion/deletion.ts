// Deleting leads, bringing them back, and erasing them for good.
import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import type { Whom } from "@/app/enrol/queries";
import { plural } from "@/shared/lib/format";
import { toast, toastProblem } from "@/shared/ui/toast";

export type DeletedLead = Schema["DeletedLeadView"];

export const deletedLeadsQuery = infiniteQueryOptions({
  queryKey: ["leads", "deleted"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam: cursor, signal }) =>
    unwrap(client.GET("/api/leads/deleted", { params: { query: { cursor } }, signal })),
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

const one = (id: string) => ({ params: { path: { id } } });

/** The requests, each followed by a fresh look at everything that shows leads. */
export function useDeletion() {
  const cache = useQueryClient();
  const settled = () => {
    for (const key of ["leads", "campaigns", "inbox", "tasks"]) void cache.invalidateQueries({ queryKey: [key] });
  };
  const remove = useMutation({
    mutationFn: async (id: string) => {
      await unwrap(client.DELETE("/api/leads/{id}", one(id)));
    },
    onSettled: settled,
  });
  const removeMany = useMutation({
    mutationFn: (whom: Whom) => unwrap(client.POST("/api/leads/delete", { body: whom })),
    onSettled: settled,
  });
  const restore = useMutation({
    mutationFn: (id: string) => unwrap(client.POST("/api/leads/{id}/restore", one(id))),
    onSettled: settled,
  });
  const restoreMany = useMutation({
    mutationFn: (ids: string[]) => unwrap(client.POST("/api/leads/restore", { body: { ids } })),
    onSettled: settled,
  });
  const erase = useMutation({
    mutationFn: async (id: string) => {
      await unwrap(client.POST("/api/leads/{id}/erase", one(id)));
    },
    onSettled: settled,
  });
  return { remove, removeMany, restore, restoreMany, erase };
}

/** Deletes leads and offers Undo in the toast. True if it was done. */
export function useDeleteLeads() {
  const { remove, removeMany, restore, restoreMany } = useDeletion();
  return {
    isPending: remove.isPending || removeMany.isPending,
    deleteOne: async (id: string, name: string): Promise<boolean> => {
      try {
        await remove.mutateAsync(id);
        toast(`Deleted ${name}`, { undo: () => restore.mutateAsync(id) });
        return true;
      } catch (error) {
        toastProblem(`Could not delete ${name}`, error);
        return false;
      }
    },
    deleteMany: async (whom: Whom): Promise<boolean> => {
      try {
        const { deleted, skipped } = await removeMany.mutateAsync(whom);
        toast(
          `Deleted ${plural(deleted.length, "lead")}${skipped.length ? `, ${skipped.length} left` : ""}`,
          deleted.length ? { undo: () => restoreMany.mutateAsync(deleted) } : {},
        );
        return true;
      } catch (error) {
        toastProblem("Could not delete the leads", error);
        return false;
      }
    },
  };
}
