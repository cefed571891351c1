// The list below the bell: what is new, and what was read.
import {
  CalendarCheck,
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
import type { ReactNode } from "react";
import { HeatMark } from "@/app/parts/heat";
import { cx } from "@/shared/lib/cx";
import { ago } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { detailWords } from "@/shared/lib/own-reasons";
import { Button } from "@/shared/ui/button";
import { ErrorState } from "@/shared/ui/states";
import type { NotificationView } from "./queries";

const ICON: Record<NotificationView["kind"], ReactNode> = {
  hot_lead: <HeatMark temperature="hot" size={14} />,
  reply: <Reply size={16} />,
  payment: <CircleDollarSign size={16} />,
  payment_failed: <CircleDollarSign size={16} />,
  dispute: <CircleDollarSign size={16} />,
  meeting: <CalendarCheck size={16} />,
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

export function NotificationList({
  items,
  unread,
  problem,
  onRetry,
  onReadAll,
  onChoose,
}: {
  items: readonly NotificationView[];
  unread: number;
  /** Why the list did not load, if there is none. */
  problem: unknown;
  onRetry: () => void;
  onReadAll: () => void;
  onChoose: (notification: NotificationView) => void;
}) {
  const now = useNow();
  return (
    <>
      <div className="flex h-10 items-center justify-between border-b px-4">
        <h2 className="font-semibold">Notifications</h2>
        {unread ? (
          <Button kind="link" size="sm" onClick={onReadAll}>
            Mark {unread} as read
          </Button>
        ) : null}
      </div>
      {problem ? (
        <ErrorState what="Notifications did not load" error={problem} retry={onRetry} className="m-3" />
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
                onClick={() => onChoose(n)}
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
    </>
  );
}
