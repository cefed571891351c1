// Reads queries anew as soon as the server says what has changed. It says so over a WebSocket, in topics; what is behind
// them is read by the ordinary requests. While there is no connection, queries poll.
import type { QueryClient } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { setPushed } from "./query";

const CELLS = ["columns cells", "columns cell", "columns runs"];
/** The first part, or the first two, of the keys of the queries that show something of a topic. */
const SHOWN: Record<string, readonly string[]> = {
  leads: ["leads", "companies", "calls", "dashboard", "standing", ...CELLS],
  inbox: ["inbox", "leads", "senders", "calls", "dashboard"],
  tasks: ["tasks", "task", "calls", "leads timeline", "dashboard"],
  notifications: ["notifications"],
  campaigns: ["campaigns", "leads timeline", "dashboard", "standing"],
  revenue: ["clients", "revenue", "commissions", "dashboard", "targets"],
  workspace: [
    "settings",
    "accounts",
    "senders",
    "team",
    "stages",
    "fields",
    "imports",
    "sequences",
    "templates",
    "columns",
  ],
};
/** API Gateway closes a connection after ten minutes without a message. */
const PING_MS = 9 * 60_000;
/** It closes every connection after two hours; a page opens the next one a while before. */
const RENEW_MS = 100 * 60_000;
const RENEW_SPREAD_MS = 15 * 60_000;
/** While much changes, queries are read anew at this interval. */
const CALM_MS = 3_000;
const LONGEST_WAIT_MS = 60_000;
/** The topic that tells the user at once: it is never held back, and a hidden page reads it for the browser's notifications. */
const URGENT = "notifications";

/** The wait before the next try: doubled each time, and between half and all of that. */
export const waitBefore = (tries: number, chance = Math.random()) =>
  Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** tries) * (0.5 + chance / 2);

const topicsOf = (text: unknown): string[] => {
  try {
    const { topics } = JSON.parse(String(text)) as { topics?: unknown };
    return Array.isArray(topics) ? topics.filter((topic) => typeof topic === "string" && topic in SHOWN) : [];
  } catch {
    return [];
  }
};

/** Whether the text says that this page is one too many of the user's. */
const isDismissal = (text: unknown): boolean => String(text).includes('"closing"');

/**
 * Reads what the topics name: at once, and then at most every three seconds. A hidden page keeps them until it is shown.
 * Notifications are always read at once: the server tells of them once a second at most.
 */
function reader(cache: QueryClient) {
  const waiting = new Set<string>();
  let calm: ReturnType<typeof setTimeout> | undefined;
  const readNow = (topics: Iterable<string>) => {
    const roots = new Set([...topics].flatMap((topic) => SHOWN[topic] ?? []));
    void cache.invalidateQueries({
      predicate: ({ queryKey: [first, second] }) => roots.has(`${first}`) || roots.has(`${first} ${second}`),
    });
  };
  const read = () => {
    calm = undefined;
    if (document.hidden || waiting.size === 0) return;
    readNow(waiting);
    waiting.clear();
    calm = setTimeout(read, CALM_MS);
  };
  const readUnlessCalm = () => {
    if (calm === undefined) read();
  };
  document.addEventListener("visibilitychange", readUnlessCalm);
  return {
    hear(topics: readonly string[]) {
      for (const topic of topics) waiting.add(topic);
      if (waiting.delete(URGENT)) readNow([URGENT]);
      readUnlessCalm();
    },
    stop() {
      clearTimeout(calm);
      document.removeEventListener("visibilitychange", readUnlessCalm);
    },
  };
}

/** Keeps a connection open until the returned function is called. */
export function startLive(cache: QueryClient): () => void {
  const queries = reader(cache);
  let socket: WebSocket | undefined;
  let timers: ReturnType<typeof setTimeout>[] = [];
  let tries = 0;
  let over = false;
  let isDismissed = false;
  const later = (ms: number, work: () => void) => timers.push(setTimeout(work, ms));
  const rest = () => {
    setPushed(false);
    for (const timer of timers) clearTimeout(timer);
    timers = [];
  };
  const again = () => {
    rest();
    if (!over && !isDismissed) later(waitBefore(tries++), () => void connect());
  };
  const ping = (open: WebSocket) =>
    later(PING_MS, () => {
      open.send("{}");
      ping(open);
    });
  async function connect() {
    try {
      const { url } = await unwrap(client.POST("/api/notifications/push-tickets"));
      if (over) return;
      const opened = new WebSocket(url);
      socket = opened;
      opened.onopen = () => {
        tries = 0;
        setPushed(true);
        // What changed while there was no connection was not told.
        void cache.invalidateQueries();
        ping(opened);
        later(RENEW_MS + Math.random() * RENEW_SPREAD_MS, () => opened.close());
      };
      opened.onmessage = ({ data }) => {
        if (isDismissal(data)) isDismissed = true;
        queries.hear(topicsOf(data));
      };
      opened.onclose = () => {
        if (socket === opened) again();
      };
    } catch {
      again();
    }
  }
  // A page that was one too many comes back once it is the one that is looked at.
  const comeBack = () => {
    if (!isDismissed || document.hidden) return;
    isDismissed = false;
    void connect();
  };
  document.addEventListener("visibilitychange", comeBack);
  void connect();
  return () => {
    over = true;
    document.removeEventListener("visibilitychange", comeBack);
    queries.stop();
    rest();
    const last = socket;
    socket = undefined;
    last?.close();
  };
}
