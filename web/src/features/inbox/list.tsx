// Conversations by day, the unread ones marked. On a touch screen a swipe to the left files one, as Done and Reopen do in it.
import { Check, Undo2 } from "lucide-react";
import { Fragment } from "react";
import { cx } from "@/shared/lib/cx";
import { ago, day } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { ChannelIcon } from "@/shared/ui/channel-icon";
import { SwipeRow } from "@/shared/ui/swipe-row";
import type { ConversationView } from "./queries";
import { UnderstoodBadge } from "./understood";

export function ConversationList({
  items,
  current,
  onOpen,
  onFile,
}: {
  items: ConversationView[];
  current?: string;
  onOpen: (lead: string) => void;
  /** Moves a conversation to Done, or back; none for users who may not. */
  onFile?: (conversation: ConversationView) => void;
}) {
  const now = useNow();
  return (
    <ul aria-label="Conversations">
      {items.map((c, i) => {
        const d = day(c.last_at, now);
        const newDay = i === 0 || day(items[i - 1]?.last_at ?? "", now) !== d;
        const here = c.lead_id === current;
        return (
          <Fragment key={c.lead_id}>
            {newDay ? (
              <li aria-hidden="true" className="flex h-7 items-center border-b bg-canvas px-6 text-ink-2 max-lg:px-4">
                {d}
              </li>
            ) : null}
            <li>
              <SwipeRow left={onFile && fileAction(c, onFile)}>
                <Button
                  kind="bare"
                  aria-current={here ? "true" : undefined}
                  onClick={() => onOpen(c.lead_id)}
                  className={cx(
                    "relative grid h-row-two w-full grid-cols-[16px_minmax(0,1fr)] content-center gap-x-2 border-b px-6 text-left hover:bg-sunken max-lg:px-4 max-sm:h-[68px]",
                    here && "row-cursor",
                  )}
                >
                  {c.unread ? (
                    <span
                      aria-hidden="true"
                      className="absolute top-1/2 left-2.5 size-[6px] -translate-y-1/2 rounded-full bg-accent max-lg:left-1"
                    />
                  ) : null}
                  <span className="col-span-2 flex items-baseline gap-2">
                    <span className={cx("min-w-0 flex-1 truncate", c.unread ? "font-semibold" : "font-medium")}>
                      {c.lead_name}
                      {c.unread ? <span className="sr-only">, unread</span> : null}
                    </span>
                    <span className="shrink-0 text-ink-2">{ago(c.last_at, now)}</span>
                  </span>
                  <span className="flex items-center text-ink-2">
                    <ChannelIcon channel={c.channel} />
                  </span>
                  <span className="flex min-w-0 items-center gap-2">
                    <span className="min-w-0 flex-1 truncate text-ink-2">
                      {c.last_direction === "out" ? "You: " : ""}
                      {c.snippet}
                    </span>
                    {c.draft_waits ? <Badge>Draft</Badge> : null}
                    {c.understood ? <UnderstoodBadge understood={c.understood} quiet /> : null}
                  </span>
                </Button>
              </SwipeRow>
            </li>
          </Fragment>
        );
      })}
    </ul>
  );
}

const fileAction = (c: ConversationView, onFile: (c: ConversationView) => void) => ({
  label: c.folder === "done" ? "Reopen" : "Done",
  icon: c.folder === "done" ? Undo2 : Check,
  run: () => onFile(c),
});
