// Due tasks on the day's line.
import { useNavigate } from "@tanstack/react-router";
import { Bell, CircleQuestionMark, SquareCheckBig } from "lucide-react";
import { useMemo, useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import { groupOf, TASK_GROUP_WORDS, TASK_KIND_WORDS, type TaskGroup } from "@/app/tasks/kinds";
import { Closing, useFinish } from "@/app/tasks/outcome";
import type { TasksOf, TaskView } from "@/app/tasks/queries";
import { TaskMenu } from "@/app/tasks/task-menu";
import { hasMore, TaskText } from "@/app/tasks/task-text";
import { TimelineIcon } from "@/app/timeline/icon";
import { cx } from "@/shared/lib/cx";
import { daysBetween, happened, plural, when } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { useKeys } from "@/shared/lib/keyboard";
import { useSteady } from "@/shared/lib/steady";
import { Button } from "@/shared/ui/button";
import { Key } from "@/shared/ui/key";
import { later } from "@/shared/ui/later";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Segmented } from "@/shared/ui/tabs";
import { StationIcon } from "@/shared/ui/timeline";

const TaskDialog = later(() => import("@/app/tasks/task-dialog").then((m) => m.TaskDialog));
const SnoozeDialog = later(() => import("@/app/tasks/snooze-dialog").then((m) => m.SnoozeDialog));

/** A call that fell due a moment ago is not late yet. */
const LATE_MS = 15 * 60_000;
/** The call of a hot lead has a day: the moment has passed, and the interest of the day before yesterday is cold. */
const HOT_LATE_MS = 24 * 60 * 60_000;
export const lateAt = (t: Pick<TaskView, "kind" | "due_at">, now: number) =>
  new Date(t.due_at).getTime() < now - (t.kind === "hot_lead" ? HOT_LATE_MS : LATE_MS);

/** A lead counts as on the page for this long after the visit. */
const HERE_MS = 3 * 60_000;
export const titleAt = (t: TaskView, now: number) =>
  t.kind === "hot_lead" && new Date(t.due_at).getTime() < now - HERE_MS
    ? `Turned hot ${happened(t.due_at, now)}`
    : t.title;

/** How many are due by the end of today, how many of them are late, and how many come later. */
export function dueNote(tasks: readonly Pick<TaskView, "kind" | "due_at">[], now: number): string | undefined {
  const due = tasks.filter((t) => daysBetween(now, t.due_at) <= 0);
  const late = due.filter((t) => lateAt(t, now)).length;
  const later = tasks.length - due.length;
  const lateWords = late === due.length && late > 0 ? (late > 1 ? "all late" : "late") : late ? `${late} late` : "";
  const words = [due.length ? `${due.length} due` : "", lateWords, later ? `${later} later` : ""];
  return words.filter(Boolean).join(", ") || undefined;
}

const GROUPS = Object.keys(TASK_GROUP_WORDS) as TaskGroup[];

/** The time alone for today, the day before it otherwise. */
const dueWords = (at: string, now: number) => when(at, now).replace(/^today /, "");

function TaskIcon({ kind }: { kind: TaskView["kind"] }) {
  if (kind === "hot_lead") return <TimelineIcon name="hot" />;
  if (kind === "follow_up") return <Bell size={13} />;
  if (kind === "resolve_uncertain") return <CircleQuestionMark size={13} />;
  if (kind === "email") return <TimelineIcon name="email" />;
  if (kind === "call" || kind === "linkedin" || kind === "whatsapp") return <TimelineIcon name={kind} />;
  return <SquareCheckBig size={13} />;
}

export function Due({ tasks: open, of, onOf }: { tasks: TaskView[]; of: TasksOf; onOf: (of: TasksOf) => void }) {
  const may = useMay("rep");
  const [group, setGroup] = useState<TaskGroup>();
  // The same list until tasks or filter change: what follows it would never come to rest.
  const due = useMemo(() => (group ? open.filter((t) => groupOf(t) === group) : open), [open, group]);
  const groups = GROUPS.filter((one) => one === group || open.some((t) => groupOf(t) === one));
  const [dialog, setDialog] = useState<"new" | "snooze">();
  const now = useNow();
  const navigate = useNavigate();
  const finish = useFinish();
  const [cursor, setCursor] = useState<string>();
  // No row moves under a pointer or a focus: tasks that fall due meanwhile wait.
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const {
    items: tasks,
    fresh,
    take,
  } = useSteady(`due ${of} ${group ?? ""}`, due, (t) => t.id, undefined, pointed || focused);
  // The cursor stays on a task, not on a row's position: a key acts on that task.
  const at = Math.max(
    0,
    tasks.findIndex((t) => t.id === cursor),
  );
  const put = (i: number) => setCursor(tasks[Math.max(0, Math.min(tasks.length - 1, i))]?.id);
  const show = (t: TaskView) => void navigate({ to: "/leads/$id", params: { id: t.lead_id } });
  useKeys({
    j: () => put(at + 1),
    k: () => put(at - 1),
    e: () => {
      const task = tasks[at];
      if (!task) return;
      put(at + 1 < tasks.length ? at + 1 : at - 1);
      finish(task);
    },
    ...(may ? { h: () => tasks[at] && setDialog("snooze") } : {}),
    Enter: () => tasks[at] && show(tasks[at]),
  });
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
            run: () => setDialog("new"),
          },
        ]
      : [],
  );
  const pointedAt = tasks[at];
  return (
    <section
      aria-label="Due"
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={(e) => setFocused(e.currentTarget.contains(e.relatedTarget))}
    >
      <Heading
        className="px-6 max-lg:px-4"
        note={dueNote(tasks, now)}
        aside={
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-2">
            {fresh ? (
              <Button size="sm" kind="quiet" onClick={take}>
                {fresh} new
              </Button>
            ) : null}
            {tasks.length ? (
              <span className="flex items-center gap-1.5 max-xl:hidden">
                <Key>J</Key>
                <Key>K</Key> move <Key>E</Key> done <Key>H</Key> snooze
              </span>
            ) : null}
            {groups.length > 1 || group ? (
              <Select
                bare
                aria-label="Kind of task"
                value={group ?? "any"}
                onValue={(to) => setGroup(to === "any" ? undefined : to)}
                options={[
                  { value: "any" as const, label: "All kinds" },
                  ...groups.map((value) => ({ value, label: TASK_GROUP_WORDS[value] })),
                ]}
              />
            ) : null}
            <Segmented
              label="Tasks of"
              value={of}
              onChange={onOf}
              items={[
                { id: "mine", label: "Mine" },
                { id: "all", label: "All" },
              ]}
            />
            {may ? (
              <Button size="sm" hint="T" onClick={() => setDialog("new")}>
                New task
              </Button>
            ) : null}
          </span>
        }
      >
        Due
      </Heading>
      {tasks.length === 0 ? (
        <p className="border-t px-6 py-2 text-ink-2 max-lg:px-4">
          {group
            ? `No ${TASK_GROUP_WORDS[group].toLowerCase()} are due.`
            : of === "mine"
              ? "Nothing of yours is due. Hot leads and follow-ups appear here."
              : "Nothing is due. Hot leads and follow-ups appear here."}
        </p>
      ) : (
        <ol className="border-t">
          {tasks.map((t, i) => {
            const isLate = lateAt(t, now);
            return (
              <li
                key={t.id}
                className={cx(
                  "relative grid min-h-9 grid-cols-[112px_24px_72px_minmax(150px,1.2fr)_minmax(0,1.6fr)_auto] items-center gap-x-3 border-b px-6 max-lg:px-4 max-md:grid-cols-[24px_minmax(0,1fr)_auto] max-md:items-start max-md:py-2",
                  hasMore(t) && "gap-y-1 pt-1",
                  i === at && "row-cursor",
                )}
              >
                {i < tasks.length - 1 ? (
                  <span
                    aria-hidden="true"
                    className="absolute top-[18px] left-[159px] h-full border-l border-edge border-dotted max-lg:left-[151px] max-md:left-7"
                  />
                ) : null}
                <span
                  className={cx("whitespace-nowrap text-right max-md:hidden", isLate ? "text-bad-ink" : "text-ink-2")}
                >
                  {dueWords(t.due_at, now)}
                </span>
                <StationIcon tone={t.kind === "hot_lead" ? "hot" : i === at ? "next" : isLate ? "bad" : "past"}>
                  <TaskIcon kind={t.kind} />
                </StationIcon>
                <span className="text-ink-2 max-md:hidden">{TASK_KIND_WORDS[t.kind]}</span>
                <Button
                  kind="bare"
                  onFocus={() => setCursor(t.id)}
                  onClick={() => show(t)}
                  className="min-w-0 truncate py-1 text-left font-medium hover:underline max-md:whitespace-normal"
                >
                  {t.lead_name}
                  <span className="block font-normal text-ink-2 [overflow-wrap:anywhere] md:hidden">
                    <span className={cx("whitespace-nowrap", isLate && "text-bad-ink")}>{dueWords(t.due_at, now)}</span>{" "}
                    {TASK_KIND_WORDS[t.kind]}: {titleAt(t, now)}
                  </span>
                </Button>
                <span className="min-w-0 py-1 text-ink-2 [overflow-wrap:anywhere] max-md:hidden">
                  {titleAt(t, now)}
                </span>
                <span className="flex items-center justify-end gap-2 md:min-w-[164px]">
                  <Closing task={t} hint={i === at ? "E" : undefined} onClose={(outcome) => finish(t, outcome)} />
                  {may ? <TaskMenu task={t} /> : null}
                </span>
                {hasMore(t) ? (
                  <div className="col-start-4 col-end-[-1] min-w-0 pb-2 max-md:col-start-2 max-md:pb-0">
                    <TaskText task={t} onClose={(outcome) => finish(t, outcome)} />
                  </div>
                ) : null}
              </li>
            );
          })}
        </ol>
      )}
      <TaskDialog open={dialog === "new"} onClose={() => setDialog(undefined)} />
      {pointedAt ? (
        <SnoozeDialog open={dialog === "snooze"} task={pointedAt} onClose={() => setDialog(undefined)} />
      ) : null}
      {open.length >= 50 ? (
        <p className="px-6 py-1 text-meta text-ink-3">
          The first {plural(open.length, "task")} of the list{group ? ", filtered" : ""}.
        </p>
      ) : null}
    </section>
  );
}
