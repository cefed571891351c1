// Placing a call and hanging up.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { useMay } from "@/app/auth/use-may";
import { createStore, useStore } from "@/shared/lib/store";
import { toastProblem } from "@/shared/ui/toast";
import { type CallView, myCallQuery, useCanCall } from "./phone-link";

export interface Whom {
  number: string;
  /** The lead whose number it is. */
  lead: string;
  /** The open task that asks for the call. */
  task?: string;
}

/** The call that the bar shows: one that was seen while it went on, until the user closes the bar. */
export const shownCall = createStore<string | undefined>(undefined);

/** The lead, and its task, whose calls are logged on the page itself, beside the note: the bar leaves them to it. */
export const loggedOnPage = createStore<{ lead: string; task?: string } | undefined>(undefined);

type Place = ReturnType<typeof loggedOnPage.get>;

/** A call that another task asked for is none of this page's. */
export const isLoggedThere = (call: Pick<CallView, "lead_id" | "task_id">, place: Place) =>
  place?.lead === call.lead_id && (!call.task_id || call.task_id === place.task);

/** The user's call that has ended and whose outcome is still to be logged. */
export function useEndedCall(): CallView | undefined {
  const may = useMay("rep");
  const call = useQuery({ ...myCallQuery, enabled: may }).data?.call;
  const shown = useStore(shownCall);
  return may && call?.end && call.proposed && shown === call.id ? call : undefined;
}

/** Whether the bar asks for the outcome of a call: the digits are its keys then, and no other part's. */
export function useAsksOutcome(): boolean {
  const call = useEndedCall();
  const place = useStore(loggedOnPage);
  return !!call && !isLoggedThere(call, place);
}

export function usePlaceCall() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ number, lead, task }: Whom) =>
      unwrap(client.POST("/api/calls", { body: { lead_id: lead, number, ...(task ? { task_id: task } : {}) } })),
    onSuccess: (call) => {
      shownCall.set(call.id);
      cache.setQueryData(myCallQuery.queryKey, (mine) => mine && { ...mine, call });
    },
    onError: (error) => {
      toastProblem("Could not call", error);
      // The answer alone may be lost: the call goes on then, and the bar shows it.
      void cache.invalidateQueries({ queryKey: myCallQuery.queryKey });
    },
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
