// Calls: the leads to turn to in order of value, one of them beside the list, and the calls that were made.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { SkipForward, SquareCheckBig } from "lucide-react";
import { useEffect, useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import { Page } from "@/app/shell/page";
import { OwnTargets } from "@/app/targets/own-targets";
import { useMedia, useNow } from "@/shared/lib/hooks";
import { useKeys } from "@/shared/lib/keyboard";
import { Button } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";
import { Scrollable } from "@/shared/ui/scrollable";
import { Empty, ErrorState, LoadingRows, useTogether } from "@/shared/ui/states";
import { Tabs } from "@/shared/ui/tabs";
import { DoneToday } from "./done-today";
import { Figures } from "./figures";
import { Focus } from "./focus";
import { History } from "./history";
import { after, beside, byDay, chosenRow, rowId } from "./model";
import { callStatsQuery, callsQuery, type QueueRow, queueQuery } from "./queries";
import { Queue } from "./queue";

const ThumbBar = later(() => import("./thumb-bar").then((m) => m.ThumbBar));
const TaskDialog = later(() => import("@/app/tasks/task-dialog").then((m) => m.TaskDialog));

export type CallsTab = "queue" | "history";

export function CallsPage() {
  const { tab = "queue" } = useSearch({ from: "/app/calls" });
  const navigate = useNavigate();
  const show = (next: CallsTab) =>
    void navigate({ to: "/calls", search: next === "history" ? { tab: next } : {}, replace: true });
  const queue = useQuery(queueQuery);
  const ready = useTogether([queue, useQuery(callStatsQuery), useInfiniteQuery(callsQuery("mine"))]);
  const now = useNow();
  const { due, later: planned } = byDay(queue.data?.items ?? [], now);
  const rows = [...due, ...planned];
  const late = rows.filter((row) => row.late).length;
  const [asked, setAsked] = useState<string>();
  const chosen = chosenRow(rows, asked);
  const id = chosen ? rowId(chosen) : undefined;
  // The lead that is shown stays, whatever comes in above it: a note or an outcome would go to another one.
  useEffect(() => setAsked((asked) => id ?? asked), [id]);
  const next = id ? rows[rows.findIndex((row) => rowId(row) === id) + 1] : undefined;
  const goNext = () => next && setAsked(rowId(next));
  const [planning, setPlanning] = useState(false);
  const may = useMay("rep");
  const isQueue = tab === "queue";
  useKeys(
    {
      j: () => setAsked(beside(rows, id, 1)),
      k: () => setAsked(beside(rows, id, -1)),
      n: goNext,
    },
    isQueue,
  );
  useCommands(
    may
      ? [
          {
            id: "new-task",
            title: "New task",
            also: "create add call to-do reminder",
            group: "This page" as const,
            keys: "t",
            icon: SquareCheckBig,
            run: () => setPlanning(true),
          },
        ]
      : [],
  );
  return (
    <Page
      title="Calls"
      muted={queue.data ? `${due.length} due${late ? `, ${late} late` : ""}` : undefined}
      actions={
        <>
          {isQueue && next ? (
            <Button icon={<SkipForward size={15} />} hint="N" onClick={goNext}>
              Next, {next.lead_name}
            </Button>
          ) : null}
          {may ? (
            <Button hint="T" onClick={() => setPlanning(true)}>
              New task
            </Button>
          ) : null}
        </>
      }
    >
      <Tabs
        label="Calls"
        value={tab}
        onChange={show}
        items={[
          { id: "queue", label: "Today", count: queue.data ? due.length : undefined },
          { id: "history", label: "History" },
        ]}
      />
      {tab === "history" ? (
        <History />
      ) : queue.error && !queue.data ? (
        <ErrorState what="The calls did not load" error={queue.error} retry={() => queue.refetch()} />
      ) : !ready ? (
        <LoadingRows rows={10} label="Loading calls" />
      ) : (
        <Body rows={rows} due={due.length} chosen={chosen} onChoose={setAsked} />
      )}
      <TaskDialog
        open={planning}
        onClose={() => setPlanning(false)}
        lead={chosen && isQueue ? { id: chosen.lead_id, name: chosen.lead_name } : undefined}
      />
    </Page>
  );
}

function Body({
  rows,
  due,
  chosen,
  onChoose,
}: {
  rows: QueueRow[];
  /** The first so many are due today, the others on a later day. */
  due: number;
  chosen: QueueRow | undefined;
  onChoose: (id: string | undefined) => void;
}) {
  const wide = useMedia("(min-width: 1024px)");
  if (!chosen)
    return (
      <Scrollable label="Calls" className="min-h-0 flex-1 overflow-y-auto">
        <Figures className="mx-6 mt-4 max-lg:mx-4" />
        <Empty title="No calls are due">
          Calls of sequences, hot leads, replies that wait and follow-ups appear here.
        </Empty>
        <DoneToday />
        <OwnTargets className="mx-6 mt-5 mb-6 max-lg:mx-4" />
      </Scrollable>
    );
  const id = rowId(chosen);
  const next = rows[rows.indexOf(chosen) + 1];
  // On a narrow screen the lead is below the list.
  const choose = (next: string) => {
    onChoose(next);
    if (!wide) document.querySelector("[data-lead]")?.scrollIntoView({ block: "start" });
  };
  return (
    <div className="flex min-h-0 flex-1 max-lg:flex-col max-lg:overflow-y-auto">
      <Scrollable label="Queue" className="min-w-0 flex-1 overflow-y-auto border-r -outline-offset-2 max-lg:contents">
        <Queue label="Due" note="the most valuable first" rows={rows.slice(0, due)} chosen={id} onChoose={choose} />
        {rows.length > due ? <Queue label="Later" rows={rows.slice(due)} chosen={id} onChoose={choose} /> : null}
        <div className="max-lg:order-3">
          <DoneToday />
          <Figures className="mx-6 mt-5 mb-6 max-lg:mx-4" />
          {/* They come later than the rest, and so below it: nothing moves. */}
          <OwnTargets className="mx-6 mb-6 max-lg:mx-4" />
        </div>
      </Scrollable>
      <Scrollable
        label={`Lead: ${chosen.lead_name}`}
        className="w-[460px] shrink-0 overflow-y-auto -outline-offset-2 max-xl:w-[400px] max-lg:order-2 max-lg:w-full max-lg:overflow-visible max-lg:border-t"
      >
        <span data-lead />
        <Focus key={id} row={chosen} onDone={() => onChoose(after(rows, id))} />
        {wide ? null : <ThumbBar row={chosen} onNext={next ? () => choose(rowId(next)) : undefined} />}
      </Scrollable>
    </div>
  );
}
