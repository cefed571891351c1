// The query cache's settings: what is retried, what is shown again, what a refused request does.
import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "./errors";

const retryable = (error: unknown) => {
  const { status } = asProblem(error);
  return status === 0 || status === 429 || status >= 502;
};

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 5 * 60_000,
      retry: (count, error) => count < 2 && retryable(error),
      refetchOnWindowFocus: true,
    },
  },
});

/** Asked for again every so often, until it turns out that it does not exist. */
export const whileThere =
  (ms: number) =>
  (query: { state: { error: unknown } }): number | false =>
    query.state.error && asProblem(query.state.error).status === 404 ? false : ms;

/** How often pages that show moving things ask again; hidden tabs do not ask at all. */
export const LIVE_MS = 5_000;
export const SLOW_MS = 30_000;
