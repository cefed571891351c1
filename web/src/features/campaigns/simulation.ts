// A campaign's simulation at the API: requested, polled while it is made, read in parts.
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { serverNow } from "@/api/clock";
import { asProblem } from "@/api/errors";
import type { Schema } from "@/api/types";

type Simulation = Schema["Simulation"];
export type SimulationResult = Schema["SimulationResult"];
export type SenderLoad = Schema["SenderLoad"];
export type SimulatedStep = Schema["SimulatedStep"];
export type SimulatedText = Schema["SimulatedText"];
export type SimulatedPerson = Schema["SimulatedPersonView"];

/** The polling interval: making a simulation takes seconds. */
const GIVEN_UP_MS = 120_000;

export interface AskedSimulation extends Simulation {
  /** It has no result although it was requested long ago. */
  failed: boolean;
}

const judged = (s: Simulation): AskedSimulation => ({
  ...s,
  failed: !s.result && serverNow() - Date.parse(s.asked_at) > GIVEN_UP_MS,
});

const key = (id: string) => ["campaigns", "simulation", id];

export const isUnderWay = (s: AskedSimulation | null | undefined) => !!s && !s.result && !s.failed;

/** `null`: no simulation was requested yet. */
export const simulationQuery = (id: string) =>
  queryOptions({
    queryKey: [...key(id), "figures"],
    queryFn: async ({ signal }) => {
      try {
        return judged(await unwrap(client.GET("/api/campaigns/{id}/simulation", { params: { path: { id } }, signal })));
      } catch (error) {
        if (asProblem(error).status === 404) return null;
        throw error;
      }
    },
    refetchInterval: (q) => (isUnderWay(q.state.data) ? 1_000 : false),
  });

export const simulatedPeopleQuery = (id: string, simulation: string) =>
  infiniteQueryOptions({
    queryKey: [...key(id), "people", simulation],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET("/api/campaigns/{id}/simulation/people", {
          params: { path: { id }, query: { cursor: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const simulatedFoundQuery = (id: string, simulation: string, q: string) =>
  queryOptions({
    queryKey: [...key(id), "found", simulation, q],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/campaigns/{id}/simulation/people", { params: { path: { id }, query: { q } }, signal })),
  });

/** `page`: the cursor of the part that contains the lead. */
export const simulatedTextQuery = (
  id: string,
  simulation: string,
  lead: string,
  { step, version }: Pick<SimulatedStep, "step" | "version">,
  page?: string,
) =>
  queryOptions({
    queryKey: [...key(id), "text", simulation, lead, step, version],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/campaigns/{id}/simulation/people/{lead}/steps/{step}", {
          params: { path: { id, lead, step }, query: { page, version: version ?? undefined } },
          signal,
        }),
      ),
  });

export function useSimulate(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(client.POST("/api/campaigns/{id}/simulate", { params: { path: { id } } })),
    onSuccess: (asked) => cache.setQueryData([...key(id), "figures"], judged(asked)),
    onSettled: () => cache.invalidateQueries({ queryKey: key(id) }),
  });
}
