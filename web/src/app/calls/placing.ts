// Placing a call and hanging up.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { createStore } from "@/shared/lib/store";
import { toastProblem } from "@/shared/ui/toast";
import { myCallQuery, useCanCall } from "./phone-link";

export interface Whom {
  number: string;
  /** The lead whose number it is. */
  lead: string;
  /** The open task that asks for the call. */
  task?: string;
}

/** The call that the bar shows: one that was seen while it went on, until the user closes the bar. */
export const shownCall = createStore<string | undefined>(undefined);

export function usePlaceCall() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ number, lead, task }: Whom) =>
      unwrap(client.POST("/api/calls", { body: { lead_id: lead, number, ...(task ? { task_id: task } : {}) } })),
    onSuccess: (call) => {
      shownCall.set(call.id);
      cache.setQueryData(myCallQuery.queryKey, (mine) => mine && { ...mine, call });
    },
    onError: (error) => toastProblem("Could not call", error),
  });
}

/** Calls as a click on the number does. */
export function useCall() {
  const can = useCanCall();
  const place = usePlaceCall();
  return (whom: Whom) => (can ? place.mutate(whom) : window.location.assign(`tel:${whom.number}`));
}

export function useHangUp() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(client.POST("/api/calls/{id}/hang-up", { params: { path: { id } } })),
    onSuccess: (call) => cache.setQueryData(myCallQuery.queryKey, (mine) => mine && { ...mine, call }),
    onError: (error) => toastProblem("Could not hang up", error),
  });
}
