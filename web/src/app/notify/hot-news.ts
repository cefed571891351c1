// Whether a lead turned hot so recently that an alert says so.
import { useQuery } from "@tanstack/react-query";
import { serverNow } from "@/api/clock";
import { type NotificationView, notificationsQuery } from "./queries";

/** Older alerts are shown only by the bell and by the task in Today. */
const NEWS_MS = 20 * 60_000;
const STORED = "leadflow.hot-alerts";

export const shownBefore = (): string[] => (sessionStorage.getItem(STORED) ?? "").split(" ").filter(Boolean);

export const noteShown = (id: string) => sessionStorage.setItem(STORED, [...shownBefore(), id].slice(-50).join(" "));

export const isNews = (n: NotificationView, over: readonly string[], now: number) =>
  n.kind === "hot_lead" &&
  !n.read_at &&
  !!n.lead_id &&
  !over.includes(n.id) &&
  now - Date.parse(n.created_at) < NEWS_MS;

/** The alert is fetched only where there is one to show. */
export const useHotNews = () =>
  useQuery({
    ...notificationsQuery,
    select: ({ items }) => items.some((n) => isNews(n, shownBefore(), serverNow())),
  }).data ?? false;
