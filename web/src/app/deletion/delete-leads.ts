// Deletes leads, with Undo in the toast.
import type { QueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Whom } from "@/app/enrol/queries";
import { plural } from "@/shared/lib/format";
import { toast } from "@/shared/ui/toast";
import { lookAgain } from "./look-again";

export async function deleteLeads(cache: QueryClient, whom: Whom, name?: string): Promise<boolean> {
  /** Asks as a mutation of the cache, after which lists that are shown are read once more. */
  const change = <T>(mutationFn: () => Promise<T>) =>
    cache
      .getMutationCache()
      .build<T, Error, void, unknown>(cache, { mutationFn, onSettled: () => lookAgain(cache) })
      .execute();
  const { deleted, skipped } = await change(() => unwrap(client.POST("/api/leads/delete", { body: whom })));
  if (!deleted.length) {
    toast(`${name ?? "No lead"} was ${name ? "not " : ""}deleted`, { tone: "problem" });
    return false;
  }
  const undo = async () => {
    const body = { ids: deleted };
    const left = (await change(() => unwrap(client.POST("/api/leads/restore", { body })))).skipped.length;
    if (left) toast(`${plural(left, "lead")} could not be restored`, { tone: "problem" });
  };
  const said = name ?? plural(deleted.length, "lead");
  toast(`Deleted ${said}${skipped.length ? `, ${skipped.length} left` : ""}`, { undo });
  return true;
}
