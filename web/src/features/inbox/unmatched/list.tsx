// Messages that match no lead. A user links each to a lead, makes a lead of it, or dismisses it.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Link2, UserPlus, X } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { asProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import { Quote } from "@/app/parts/quote";
import { cx } from "@/shared/lib/cx";
import { phone, when } from "@/shared/lib/format";
import { useKeys } from "@/shared/lib/keyboard";
import { CHANNEL_WORDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";
import { Scrollable } from "@/shared/ui/scrollable";
import { Empty, Loaded } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";
import { besides, stepFrom } from "../moves";
import { UnderstoodBadge } from "../understood";
import type { LinkDialogProps } from "./link-dialog";
import { type UnmatchedView, unmatchedQuery, useUnmatchedMoves } from "./queries";

const LinkDialog = later<LinkDialogProps>(() => import("./link-dialog").then((m) => m.LinkDialog));
const NewLeadDialog = later<LinkDialogProps>(() => import("./new-lead-dialog").then((m) => m.NewLeadDialog));

type Asked = { what: "link" | "lead"; message: UnmatchedView };

export function Unmatched() {
  const query = useInfiniteQuery(unmatchedQuery);
  const navigate = useNavigate();
  const may = useMay("rep");
  const { dismiss, restore } = useUnmatchedMoves();
  const [asked, setAsked] = useState<Asked>();
  const [cursor, setCursor] = useState<string>();
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const at = Math.max(
    0,
    items.findIndex((m) => m.id === cursor),
  );
  const here = items[at];
  const step = (by: number) => setCursor(stepFrom(items, at, by)?.id);
  useKeys({ j: () => step(1), k: () => step(-1) });
  useEffect(() => {
    if (cursor) document.getElementById(cursor)?.scrollIntoView({ block: "nearest" });
  }, [cursor]);
  const ask = (what: Asked["what"], message: UnmatchedView) => {
    setCursor(message.id);
    setAsked({ what, message });
  };
  const drop = async (message: UnmatchedView) => {
    setCursor(besides(items, items.indexOf(message))?.id);
    try {
      await dismiss.mutateAsync(message.id);
      toast("Message dismissed", { undo: () => restore.mutateAsync(message.id) });
    } catch (error) {
      toast(asProblem(error).detail, { tone: "problem" });
    }
  };
  const linked = ({ lead_id, lead_name, message_id }: Schema["LinkedView"], reply: boolean) => {
    if (reply) void navigate({ to: "/inbox", search: { lead: lead_id, arrives: message_id } });
    else toast(`Linked to ${lead_name}`);
  };
  const onHere = (run: (message: UnmatchedView) => void) => () => here && run(here);
  useCommands(
    may && here
      ? [
          {
            id: "unmatched-link",
            title: `Link the message from ${here.from} to a lead`,
            group: "This page",
            keys: "l",
            icon: Link2,
            run: onHere((message) => ask("link", message)),
          },
          {
            id: "unmatched-lead",
            title: `Create a lead from ${here.from}`,
            group: "This page",
            keys: "n",
            icon: UserPlus,
            run: onHere((message) => ask("lead", message)),
          },
          {
            id: "unmatched-dismiss",
            title: `Dismiss the message from ${here.from}`,
            group: "This page",
            keys: "e",
            icon: X,
            run: onHere((message) => void drop(message)),
          },
        ]
      : [],
  );
  const close = () => setAsked(undefined);
  return (
    <Scrollable label="Unmatched messages" className="min-h-0 flex-1 overflow-y-auto -outline-offset-2">
      <Loaded query={query} what="Unmatched messages">
        {() =>
          items.length === 0 ? (
            <Empty title="No unmatched messages">
              Messages from unknown addresses and numbers appear here, until you link them to a lead or dismiss them.
            </Empty>
          ) : (
            <ul>
              {items.map((m) => (
                <Item key={m.id} message={m} here={m === here}>
                  {may ? (
                    <div className="mt-2 flex flex-wrap gap-2">
                      <Button
                        size="sm"
                        icon={<Link2 size={14} />}
                        hint={m === here ? "L" : undefined}
                        onClick={() => ask("link", m)}
                      >
                        <span>
                          Link<span className="max-sm:sr-only"> to a lead</span>
                        </span>
                      </Button>
                      <Button
                        size="sm"
                        icon={<UserPlus size={14} />}
                        hint={m === here ? "N" : undefined}
                        onClick={() => ask("lead", m)}
                      >
                        Create lead
                      </Button>
                      <Button
                        size="sm"
                        kind="quiet"
                        icon={<X size={14} />}
                        hint={m === here ? "E" : undefined}
                        onClick={() => void drop(m)}
                      >
                        Dismiss
                      </Button>
                    </div>
                  ) : null}
                </Item>
              ))}
              {query.hasNextPage ? (
                <li className="px-6 py-3 max-lg:px-4">
                  <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    Show older messages
                  </Button>
                </li>
              ) : null}
            </ul>
          )
        }
      </Loaded>
      {asked?.what === "link" ? (
        <LinkDialog key={asked.message.id} open message={asked.message} onClose={close} onLinked={linked} />
      ) : null}
      {asked?.what === "lead" ? (
        <NewLeadDialog key={asked.message.id} open message={asked.message} onClose={close} onLinked={linked} />
      ) : null}
    </Scrollable>
  );
}

function Item({ message: m, here, children }: { message: UnmatchedView; here: boolean; children: ReactNode }) {
  return (
    <li
      id={m.id}
      aria-current={here ? "true" : undefined}
      className={cx("border-b px-6 py-3 max-lg:px-4", here && "row-cursor")}
    >
      <div className="flex items-baseline gap-x-3">
        <div className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2">
          <span className="min-w-0 font-medium [overflow-wrap:anywhere]">{m.from_name || phone(m.from)}</span>
          <span className="min-w-0 text-ink-2 [overflow-wrap:anywhere]">
            {m.from_name ? phone(m.from) : CHANNEL_WORDS[m.channel]}
          </span>
          <UnderstoodBadge understood={m.understood} />
        </div>
        <time dateTime={m.received_at} className="shrink-0 text-ink-2">
          {when(m.received_at)}
        </time>
      </div>
      {m.subject ? <p className="mt-0.5 text-ink-2 [overflow-wrap:anywhere]">{m.subject}</p> : null}
      <div className="mt-1 max-w-190 text-msg">
        <Quote text={m.text} quoted={m.quoted} />
      </div>
      {m.understood.kind === "opt_out" ? (
        <p className="mt-1 text-meta text-ink-2">Opted out: the address is on the suppression list.</p>
      ) : null}
      {m.understood.kind === "possible_opt_out" ? (
        <p className="mt-1 text-meta text-ink-2">
          Possible opt-out: if it is one, add the address to the suppression list in Settings.
        </p>
      ) : null}
      {children}
    </li>
  );
}
