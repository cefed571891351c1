// The leads to turn to, the most valuable first: what makes each worth a call, and whether it is a time to call.
import { Bell, Reply } from "lucide-react";
import { Heat } from "@/app/parts/heat";
import { TimelineIcon } from "@/app/timeline/icon";
import { cx } from "@/shared/lib/cx";
import { count } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Key } from "@/shared/ui/key";
import { Heading } from "@/shared/ui/section";
import { StationIcon } from "@/shared/ui/timeline";
import { dueWords, hoursWords, rowId } from "./model";
import type { QueueRow } from "./queries";

function RowIcon({ row }: { row: QueueRow }) {
  if (!row.task) return <Reply size={13} />;
  if (row.task.kind === "hot_lead") return <TimelineIcon name="hot" />;
  return row.task.kind === "follow_up" ? <Bell size={13} /> : <TimelineIcon name="call" />;
}

/** Says that the lead has become a client: it is no longer sold to. */
export const ClientBadge = () => (
  <Badge tone="good" className="ml-1.5">
    Client
  </Badge>
);

export function Queue({
  label,
  note,
  rows,
  chosen,
  onChoose,
}: {
  label: string;
  note?: string;
  rows: QueueRow[];
  chosen: string;
  onChoose: (id: string) => void;
}) {
  const now = useNow();
  return (
    <section aria-label={label}>
      <Heading
        className="px-6 max-lg:px-4"
        note={[count(rows.length), rows.length ? note : ""].filter(Boolean).join(", ")}
        aside={
          note ? (
            <span className="flex items-center gap-1.5 text-ink-2 max-sm:hidden">
              <Key>J</Key>
              <Key>K</Key> move
            </span>
          ) : undefined
        }
      >
        {label}
      </Heading>
      <ol className="border-t">
        {rows.map((row) => {
          const id = rowId(row);
          const on = id === chosen;
          return (
            <li key={id} className={cx("border-b", on && "row-cursor")}>
              <Button
                kind="bare"
                aria-current={on || undefined}
                onClick={() => onChoose(id)}
                className="grid w-full grid-cols-[88px_24px_minmax(0,1fr)_auto] items-center gap-x-3 px-6 py-2 text-left hover:bg-sunken max-lg:px-4 max-sm:grid-cols-[24px_minmax(0,1fr)_auto]"
              >
                <span className={cx("text-right max-sm:hidden", row.late ? "text-bad-ink" : "text-ink-2")}>
                  {dueWords(row.at, now)}
                </span>
                <StationIcon tone={row.task?.kind === "hot_lead" ? "hot" : on ? "next" : row.late ? "bad" : "past"}>
                  <RowIcon row={row} />
                </StationIcon>
                <span className="min-w-0">
                  <span className="block truncate">
                    <span className="font-medium">{row.lead_name}</span>{" "}
                    <span className="text-ink-2">{row.company}</span>
                    {row.is_client ? <ClientBadge /> : null}
                  </span>
                  <span className="block truncate text-ink-2">{row.reason}</span>
                </span>
                <span className="text-right">
                  <Heat score={row.score} temperature={row.temperature} />
                  <span className="block text-meta text-ink-2 max-sm:hidden">
                    {row.hours === "closed" ? "Outside hours" : row.hours === "open" ? hoursWords(row, now) : ""}
                  </span>
                </span>
              </Button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
