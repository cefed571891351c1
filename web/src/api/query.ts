// Settings of the query cache: what is retried, what is refreshed, and how refused requests are handled.
import { MutationCache, QueryClient } from "@tanstack/react-query";
import { asProblem } from "./errors";

const retryable = (error: unknown) => {
  const { status } = asProblem(error);
  return status === 0 || status === 429 || status >= 502;
};

/** How far a list of leads may be behind what was changed. */
const LIST_FOLLOWS_MS = 2_500;

export const queryClient = new QueryClient({
  mutationCache: new MutationCache({
    // A change may have touched more leads than its answer names: the lists that are shown are read once more when they
    // have followed.
    onSuccess: () => {
      setTimeout(() => void queryClient.invalidateQueries({ queryKey: ["leads", "list"] }), LIST_FOLLOWS_MS);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 5 * 60_000,
      retry: (count, error) => count < 2 && retryable(error),
      refetchOnWindowFocus: true,
    },
  },
});

/** Polls at this interval until the object turns out not to exist. */
export const whileThere =
  (ms: number) =>
  (query: { state: { error: unknown } }): number | false =>
    query.state.error && asProblem(query.state.error).status === 404 ? false : ms;

/** The polling interval of pages with moving data; hidden tabs do not poll. */
export const LIVE_MS = 5_000;
export const SLOW_MS = 30_000;

let pushed = false;

/** Says whether the server tells this page at once what has changed. */
export const setPushed = (now: boolean) => {
  pushed = now;
};

/** Polls at this interval; while the server tells what has changed, seldom. */
export const live = (ms: number) => () => (pushed ? Math.max(ms, SLOW_MS) : ms);
