// The sidebar's foot: whether anything is being sent, and the button that stops all sending.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { OctagonPause, Play } from "lucide-react";
import { serverNow } from "@/api/clock";
import { type AccountView, accountsQuery, sendersIn } from "@/app/accounts/queries";
import { useMay } from "@/app/auth/use-may";
import { isFailing, isNeverConnected, isUntested } from "@/shared/lib/account-state";
import { cx } from "@/shared/lib/cx";
import { count, plural, sinceUntil } from "@/shared/lib/format";
import { sectionOf } from "@/shared/lib/senders";
import { State } from "@/shared/ui/badge";
import { Button, IconButton } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { useSending, useStats, useWorkspaceZone } from "./queries";
import { stopping } from "./stopping";

const doubtWords = (c: AccountView) =>
  isNeverConnected(c) ? "is not connected yet" : isFailing(c) ? "is failing" : "is not tested yet";

/** The server counts by the day in UTC. Where the reader's day is another one, the figure says so. */
const isUtcDay = () => new Date(serverNow()).getTimezoneOffset() === 0;

export function SendingFoot({ narrow }: { narrow: boolean }) {
  const { sending, change } = useSending();
  const zone = useWorkspaceZone();
  const may = useMay("rep");
  const stats = useStats().data;
  const accounts = useQuery(accountsQuery).data?.items;
  const senders = sendersIn(accounts ?? []);
  if (!sending) return null;
  const on = sending.state === "running";
  const failing = senders.filter((c) => isFailing(c) && !isNeverConnected(c));
  const begun = senders.filter((c) => !isNeverConnected(c));
  const none = on && failing.length > 0 && failing.length === begun.length;
  const doubtful = on ? (failing[0] ?? begun.find(isUntested) ?? senders.find(isNeverConnected)) : undefined;
  const nothing = on && !!accounts && senders.length === 0;
  const start = () =>
    change.mutate(
      { stop: false },
      {
        onSuccess: () => void toast("Sending is back on"),
        onError: (error) => toastProblem("Could not start sending", error),
      },
    );
  return (
    <div className={cx("pb-3", narrow ? "px-2" : "px-4 max-sm:px-0")}>
      <div className={cx("flex items-center gap-2", narrow ? "flex-col justify-center" : "flex-wrap justify-between")}>
        <State
          tone={
            none ? "bad" : doubtful || nothing ? "wait" : on ? "good" : sending.state === "stopping" ? "wait" : "bad"
          }
        >
          <span className={cx(narrow && "sr-only")}>
            {none
              ? "Sending failing"
              : nothing
                ? "Nothing can send yet"
                : on
                  ? "Sending on"
                  : sending.state === "stopping"
                    ? "Stopping"
                    : "Sending stopped"}
          </span>
        </State>
        {!may ? null : narrow ? (
          <IconButton
            size="iconSm"
            label={on ? "Stop all sending" : "Start sending again"}
            busy={change.isPending}
            onClick={on ? () => stopping.set("asked") : start}
          >
            {on ? <OctagonPause size={16} /> : <Play size={16} />}
          </IconButton>
        ) : nothing ? null : on ? (
          <Button size="sm" onClick={() => stopping.set("asked")}>
            Stop all
          </Button>
        ) : (
          <Button size="sm" onClick={start} busy={change.isPending}>
            Start again
          </Button>
        )}
      </div>
      {on && !narrow && stats ? (
        <div className="mt-1 text-meta text-ink-2">
          {plural(stats.today.emails_sent + stats.today.sms_sent + stats.today.whatsapp_sent, "message")} sent today
          {isUtcDay() ? "" : ", UTC"}
        </div>
      ) : null}
      {nothing && !narrow ? (
        <Link
          to="/settings/$section"
          params={{ section: "mailboxes" }}
          className="mt-1 block text-accent-ink text-meta hover:underline"
        >
          Connect a mailbox
        </Link>
      ) : null}
      {doubtful && !narrow ? (
        <Link
          to="/settings/$section/$id"
          params={{ section: sectionOf(doubtful.kind), id: doubtful.id }}
          className={cx(
            "mt-1 block truncate text-meta hover:underline",
            isFailing(doubtful) && !isNeverConnected(doubtful) ? "text-bad-ink" : "text-ink-2",
          )}
        >
          {failing.length > 1
            ? `${count(failing.length)} accounts are failing`
            : `${doubtful.name} ${doubtWords(doubtful)}`}
        </Link>
      ) : null}
      {!on && !narrow && sending.since ? (
        <div className="mt-1 flex flex-wrap items-baseline gap-x-2 text-meta text-ink-2">
          <span>{sinceUntil(sending.since, sending.until, zone)}</span>
          {may ? (
            <Button size="sm" kind="quiet" onClick={() => stopping.set("until")}>
              {sending.until ? "Change end" : "Set an end"}
            </Button>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
