// The inbox: conversations that wait, their messages, and the reply.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useMay } from "@/app/auth/use-may";
import { Page } from "@/app/shell/page";
import { cx } from "@/shared/lib/cx";
import { useLatest, useMedia } from "@/shared/lib/hooks";
import { useKeys } from "@/shared/lib/keyboard";
import { useSteady } from "@/shared/lib/steady";
import { Button } from "@/shared/ui/button";
import { Key } from "@/shared/ui/key";
import { later } from "@/shared/ui/later";
import { Scrollable } from "@/shared/ui/scrollable";
import { Empty, Loaded } from "@/shared/ui/states";
import { SwipeHint } from "@/shared/ui/swipe-hint";
import { Tabs } from "@/shared/ui/tabs";
import { ConversationList } from "./list";
import { useMove } from "./move";
import { besides, stepFrom, stepFromGone } from "./moves";
import { type ConversationView, conversationsQuery, type FolderName } from "./queries";
import { Thread } from "./thread";

const FOLDERS: FolderName[] = ["open", "done", "unmatched", "drafts"];

const EMPTY = {
  open: {
    title: "Inbox zero",
    text: "Replies by e-mail, SMS and WhatsApp arrive here and stop the lead's sequences before the next step.",
  },
  done: { title: "No conversations are done yet", text: undefined },
  drafts: {
    title: "No drafts to review",
    text: "When AI drafts of answers are on in Settings, AI and enrichment, each lead's answer gets a draft here. You approve it, or nothing is sent.",
  },
};

const Unmatched = later(() => import("./unmatched/list").then((m) => m.Unmatched));

export function InboxPage() {
  const search = useSearch({ from: "/app/inbox" });
  const navigate = useNavigate();
  const may = useMay("rep");
  const both = useMedia("(min-width: 1024px)");
  const folder: FolderName = FOLDERS.find((known) => known === search.folder) ?? "open";
  const listed = folder === "unmatched" ? "open" : folder;
  const query = useQuery(conversationsQuery(listed));
  const waits = useQuery(conversationsQuery("open")).data?.items;
  const current = search.lead;
  // The list keeps its order while a user works in it; new messages are announced, and shown on request.
  const { items, fresh, take } = useSteady(
    listed,
    query.data?.items,
    (c) => c.lead_id,
    (c) => c.unread > 0 && c.lead_id !== current,
  );
  const show = (next: { folder?: string; lead?: string }) =>
    void navigate({ to: "/inbox", search: next, replace: true });
  const open = (lead?: string) => show({ folder: search.folder, lead });
  // Beside the list one conversation is always open. Its id goes into the address at once, so that a message that
  // arrives later does not change it.
  const first = both && !current && folder !== "unmatched" ? items[0]?.lead_id : undefined;
  const openFirst = useLatest(open);
  useEffect(() => {
    if (first) openFirst.current(first);
  }, [first, openFirst]);
  const at = items.findIndex((c) => c.lead_id === current);
  // An answered conversation leaves the list and stays open; the keys go on from its place.
  const was = useRef(0);
  useEffect(() => {
    if (at >= 0) was.current = at;
  }, [at]);
  const step = (by: number) => {
    const next = at < 0 && current ? stepFromGone(items, was.current, by) : stepFrom(items, at, by);
    if (next) open(next.lead_id);
  };
  const shown = useLatest(current);
  const following = () => (at < 0 ? stepFromGone(items, was.current, 1) : besides(items, at))?.lead_id;
  /** A conversation was moved to Done; a user who has opened another one meanwhile stays there. */
  const filed = (lead: string) => {
    if (shown.current !== lead) return;
    open(both ? following() : undefined);
  };
  const hasNext = items.some((c) => c.lead_id !== current);
  const { move } = useMove();
  const swiped = async (c: ConversationView) => {
    const folder = c.folder === "done" ? "open" : "done";
    if ((await move(c, folder)) && folder === "done") filed(c.lead_id);
  };
  /** Goes on after a reply: to what followed when the key was pressed, as the list was then. */
  const goOn = (lead: string) => shown.current === lead && open(following());
  useKeys({
    ...(folder === "unmatched" ? {} : { j: () => step(1), k: () => step(-1) }),
    "1": () => show({}),
    "2": () => show({ folder: "done" }),
    "3": () => show({ folder: "unmatched" }),
    "4": () => show({ folder: "drafts" }),
    Escape: () => both || open(undefined),
  });
  const waiting = folder === "open" && query.data ? `${query.data.items.length} waiting` : undefined;
  const list = (
    <div className={cx("flex min-h-0 flex-col", both ? "w-[336px] shrink-0 border-r" : "flex-1")}>
      {may && !both && items.length ? (
        <SwipeHint>Swipe a conversation left {listed === "done" ? "to reopen it" : "when it is done"}</SwipeHint>
      ) : null}
      <Scrollable label="List" className="min-h-0 flex-1 overflow-y-auto -outline-offset-2">
        <Loaded query={query} what="The inbox">
          {() =>
            items.length ? (
              <ConversationList
                items={items}
                current={current}
                onOpen={open}
                onFile={may ? (c) => void swiped(c) : undefined}
              />
            ) : (
              <Empty title={EMPTY[listed].title}>{EMPTY[listed].text}</Empty>
            )
          }
        </Loaded>
      </Scrollable>
      {both ? (
        <p className="flex h-10 shrink-0 items-center gap-3 border-t px-6 text-ink-2">
          <span className="flex items-center gap-1.5">
            <Key>J</Key>
            <Key>K</Key> move
          </span>
          <span className="flex items-center gap-1.5">
            <Key>R</Key> reply
          </span>
          <span className="flex items-center gap-1.5">
            <Key>E</Key> done
          </span>
        </p>
      ) : null}
    </div>
  );
  const onePane = !both && current;
  return (
    <Page title="Inbox" muted={waiting}>
      {onePane ? null : (
        <Tabs
          label="Folders"
          numbered
          value={folder}
          onChange={(f) => show({ folder: f === "open" ? undefined : f })}
          mark={
            fresh ? (
              <Button size="sm" kind="quiet" onClick={take} title="Show new messages">
                {fresh} new
              </Button>
            ) : undefined
          }
          items={[
            {
              id: "open",
              label: "Waiting",
              count: folder === "open" && query.data ? query.data.items.length : undefined,
            },
            { id: "done", label: "Done" },
            { id: "unmatched", label: "Unmatched" },
            { id: "drafts", label: "AI drafts", count: waits?.filter((c) => c.draft_waits).length || undefined },
          ]}
        />
      )}
      {folder === "unmatched" ? (
        <Unmatched />
      ) : (
        <div className="flex min-h-0 flex-1">
          {both || !current ? list : null}
          {current ? (
            <Thread
              lead={current}
              arrives={search.arrives}
              onBack={() => open(undefined)}
              onDone={() => filed(current)}
              onNext={hasNext ? () => goOn(current) : undefined}
            />
          ) : null}
        </div>
      )}
    </Page>
  );
}
