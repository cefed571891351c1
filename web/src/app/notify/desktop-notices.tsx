// Shows the browser's notifications while the page is hidden. A click opens the lead, if there is one.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { serverNow } from "@/api/clock";
import { detailWords } from "@/shared/lib/own-reasons";
import { choicesQuery } from "./choices";
import { show, toShow } from "./desktop";
import { notificationsQuery } from "./queries";

export function DesktopNotices() {
  const navigate = useNavigate();
  // A hidden page polls as well: it is the one that shows them.
  const items = useQuery({ ...notificationsQuery, refetchIntervalInBackground: true }).data?.items;
  const kinds = useQuery(choicesQuery).data?.browser;
  const known = useRef<Set<string>>(undefined);
  useEffect(() => {
    if (!items || !kinds) return;
    const news = known.current && document.hidden ? toShow(items, kinds, known.current, serverNow()) : [];
    known.current = new Set([...(known.current ?? []), ...items.map((n) => n.id)]);
    for (const n of news) {
      // Several pages of the app show it once: the browser keeps one of a tag.
      const shown = show(n.title, { body: detailWords(n.detail), tag: n.id });
      if (!shown) return;
      shown.onclick = () => {
        shown.close();
        window.focus();
        if (n.lead_id) void navigate({ to: "/leads/$id", params: { id: n.lead_id } });
      };
    }
  }, [items, kinds, navigate]);
  return null;
}
