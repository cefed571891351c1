// The bell: a dot when something is new, and the list below it.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import {
  Bell as BellIcon,
  CircleDollarSign,
  FileCheck2,
  FlaskConical,
  HeartPulse,
  Hourglass,
  MailX,
  Reply,
  SquareCheckBig,
  Wallet,
  Zap,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import { HeatMark } from "@/app/parts/heat";
import { cx } from "@/shared/lib/cx";
import { ago } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { detailWords } from "@/shared/lib/own-reasons";
import { Button } from "@/shared/ui/button";
import { Popover } from "@/shared/ui/menu";
import { ErrorState } from "@/shared/ui/states";
import { type NotificationView, notificationsQuery, useMarkRead } from "./queries";

const ICON: Record<NotificationView["kind"], ReactNode> = {
  hot_lead: <HeatMark temperature="hot" size={14} />,
  reply: <Reply size={16} />,
  payment: <CircleDollarSign size={16} />,
  payment_failed: <CircleDollarSign size={16} />,
  dispute: <CircleDollarSign size={16} />,
  churn_risk: <Hourglass size={16} />,
  import_finished: <FileCheck2 size={16} />,
  health: <HeartPulse size={16} />,
  rule: <Zap size={16} />,
  variant_ahead: <FlaskConical size={16} />,
  not_sent: <MailX size={16} />,
  late: <Hourglass size={16} />,
  task_due: <SquareCheckBig size={16} />,
  spend: <Wallet size={16} />,
};

export function Bell() {
  const [open, setOpen] = useState(false);
  const query = useQuery(notificationsQuery);
  const read = useMarkRead();
  const navigate = useNavigate();
  const now = useNow();
  const items = query.data?.items ?? [];
  const unread = query.data?.unread ?? items.filter((n) => !n.read_at).length;
  const choose = (n: NotificationView) => {
    setOpen(false);
    if (!n.read_at) read.mutate(n.id);
    if (n.lead_id) void navigate({ to: "/leads/$id", params: { id: n.lead_id } });
    else if (n.kind === "spend") void navigate({ to: "/settings/$section", params: { section: "spend" } });
  };
  return (
    <Popover
      title="Notifications"
      open={open}
      onOpenChange={setOpen}
      className="w-90 max-w-[calc(100vw-16px)]"
      trigger={
        <Button
          kind="bare"
          aria-label={unread ? `Notifications, ${unread} new` : "Notifications"}
          className="relative flex size-7 shrink-0 items-center justify-center rounded-control text-ink-2 hover:bg-sunken max-sm:size-11"
        >
          <BellIcon size={16} strokeWidth={1.75} aria-hidden="true" className="max-sm:size-5.5" />
          {unread ? (
            <span
              aria-hidden="true"
              className="absolute top-0.5 right-0.5 size-[7px] rounded-full bg-hot max-sm:top-2 max-sm:right-2"
            />
          ) : null}
        </Button>
      }
    >
      <div className="flex h-10 items-center justify-between border-b px-4">
        <h2 className="font-semibold">Notifications</h2>
        {unread ? (
          <Button kind="link" size="sm" onClick={() => read.mutate("all")}>
            Mark {unread} as read
          </Button>
        ) : null}
      </div>
      {query.error && !query.data ? (
        <ErrorState
          what="Notifications did not load"
          error={query.error}
          retry={() => query.refetch()}
          className="m-3"
        />
      ) : items.length === 0 ? (
        <p className="px-4 py-4 text-ink-2">
          Nothing yet. Hot leads, replies, payments and finished imports appear here.
        </p>
      ) : (
        <ul className="divide-y">
          {items.map((n) => (
            <li key={n.id}>
              <Button
                kind="bare"
                onClick={() => choose(n)}
                className="flex w-full items-start gap-3 px-4 py-2.5 text-left hover:bg-sunken"
              >
                <span aria-hidden="true" className="mt-0.5 flex w-4 justify-center text-ink-2">
                  {ICON[n.kind]}
                </span>
                <span className="min-w-0 flex-1">
                  <span className={cx("block", n.read_at ? "text-ink-2" : "font-medium")}>{n.title}</span>
                  <span className="block text-meta text-ink-2">{detailWords(n.detail)}</span>
                </span>
                <span className="shrink-0 text-meta text-ink-3">{ago(n.created_at, now)}</span>
                {n.read_at ? null : <span className="sr-only">new</span>}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Popover>
  );
}
