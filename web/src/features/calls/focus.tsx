// One lead of the queue: why it is next, what is known, the note that is kept while it is written, and the outcome.
import { Link } from "@tanstack/react-router";
import { AlarmClock, Phone, Reply, StickyNote } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { noteKey } from "@/app/calls/note";
import { CallAction, PhoneLink } from "@/app/calls/phone-link";
import { isLoggedThere, loggedOnPage, shownCall, useAsksOutcome, useCall, useEndedCall } from "@/app/calls/placing";
import { useCommands } from "@/app/commands/registry";
import { Heat } from "@/app/parts/heat";
import { CALL_OUTCOMES, type CallOutcome, callWord, outcomeOfKey } from "@/app/tasks/effects";
import { useFinish } from "@/app/tasks/outcome";
import { choose, type LoggedOutcome, OutcomePanel } from "@/app/tasks/outcome-panel";
import { isCall, type TaskView, useNewTask } from "@/app/tasks/queries";
import { TaskMenu } from "@/app/tasks/task-menu";
import { useDraft } from "@/shared/editor/drafts";
import { Field, TextArea } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { clock, phone, when } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { useKeys } from "@/shared/lib/keyboard";
import { useStore } from "@/shared/lib/store";
import { Button, buttonStyle } from "@/shared/ui/button";
import { ChannelIcon } from "@/shared/ui/channel-icon";
import { Key } from "@/shared/ui/key";
import { later } from "@/shared/ui/later";
import { Fact, Facts, Heading } from "@/shared/ui/section";
import { toastProblem } from "@/shared/ui/toast";
import { dueWords, hoursWords } from "./model";
import type { QueueRow } from "./queries";
import { ClientBadge } from "./queue";

const SnoozeDialog = later(() => import("@/app/tasks/snooze-dialog").then((m) => m.SnoozeDialog));
const WhyDrawer = later(() => import("./why-drawer").then((m) => m.WhyDrawer));

const OUTCOME_KEYS = Array.from({ length: 10 }, (_, key) => String(key));

export function Focus({ row, onDone }: { row: QueueRow; onDone: () => void }) {
  const now = useNow();
  const may = useMay("rep");
  const finish = useFinish();
  const create = useNewTask();
  const [open, setOpen] = useState<"snooze" | "why">();
  const [chosen, setChosen] = useState<CallOutcome>();
  const note = useDraft(noteKey(row.lead_id), "", (text) => !text.trim());
  const noteField = useRef<HTMLTextAreaElement>(null);
  const task = row.task ?? undefined;
  const number = row.do_not_contact || row.possible_opt_out ? undefined : (row.phone ?? undefined);
  const call = useCall();
  const asksOutcome = useAsksOutcome();
  // One note and one list of outcomes: a call to this lead is logged here, not in the bar.
  const place = { lead: row.lead_id, task: task?.id };
  const taskId = task?.id;
  useEffect(() => {
    if (!may) return;
    loggedOnPage.set({ lead: row.lead_id, task: taskId });
    return () => loggedOnPage.set(undefined);
  }, [may, row.lead_id, taskId]);
  const ended = useEndedCall();
  // The bar lies over the foot of the page: what is below can be scrolled above it.
  const bar = useStore(shownCall);
  const made = ended && isLoggedThere(ended, place) ? ended : undefined;
  const proposed = CALL_OUTCOMES.find((outcome) => outcome === made?.proposed);

  const close = (t: TaskView, logged: LoggedOutcome) => {
    finish(t, {
      ...logged,
      ...(note.value.trim() ? { note: note.value.trim() } : {}),
      ...(made ? { call_id: made.id, ...(made.seconds ? { call_seconds: made.seconds } : {}) } : {}),
    });
    if (made) shownCall.set(undefined);
    void note.clear();
    onDone();
  };
  // A reply that waits has no task: the call that answers it becomes one.
  const isLogging = useRef(false);
  const log = async (logged: LoggedOutcome) => {
    if (task) return close(task, logged);
    // A second click before the first one's task is made would make another.
    if (isLogging.current) return;
    isLogging.current = true;
    try {
      close(await create.mutateAsync({ lead_id: row.lead_id, kind: "call", title: "Call" }), logged);
    } catch (error) {
      isLogging.current = false;
      toastProblem("Could not log the call", error);
    }
  };
  const press = (key: string) => {
    const outcome = outcomeOfKey(key);
    if (outcome) choose(outcome, setChosen, (logged) => void log(logged));
  };
  useKeys({
    ...(may && !asksOutcome ? Object.fromEntries(OUTCOME_KEYS.map((key) => [key, () => press(key)])) : {}),
    ...(may && task ? { h: () => setOpen("snooze") } : {}),
    ...(number
      ? { p: () => call({ lead: row.lead_id, number, task: task && isCall(task) ? task.id : undefined }) }
      : {}),
    w: () => setOpen("why"),
  });
  useCommands(
    may
      ? [
          {
            id: "call-note",
            title: "Write a note on the call",
            group: "This page" as const,
            keys: "c",
            icon: StickyNote,
            run: () => noteField.current?.focus(),
          },
        ]
      : [],
  );
  return (
    <div className={cx("space-y-4 p-6 max-lg:p-4", bar && "pb-36 max-lg:pb-36")}>
      <header>
        <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
          <div className="min-w-0 flex-1">
            <h2 className="text-person font-semibold break-words">
              <Link to="/leads/$id" params={{ id: row.lead_id }} className="hover:underline">
                {row.lead_name}
              </Link>
              {row.is_client ? <ClientBadge /> : null}
            </h2>
            <p className="text-ink-2">{[row.job_title, row.company, row.city].filter(Boolean).join(", ")}</p>
          </div>
          <Heat score={row.score} temperature={row.temperature} />
          {task && may ? <TaskMenu task={task} onSnooze={() => setOpen("snooze")} /> : null}
        </div>
        <div className="mt-3 flex flex-wrap gap-2">
          {number ? (
            <CallAction
              number={number}
              lead={row.lead_id}
              task={task && isCall(task) ? task.id : undefined}
              className={buttonStyle({ kind: "primary" })}
            >
              <Phone size={15} aria-hidden="true" /> Call {phone(number)}
              <Key on>P</Key>
            </CallAction>
          ) : null}
          {task ? null : (
            <Link to="/inbox" search={{ lead: row.lead_id }} className={buttonStyle({})}>
              <Reply size={15} aria-hidden="true" /> Open in inbox
            </Link>
          )}
          {task && may ? (
            <Button icon={<AlarmClock size={15} />} hint="H" onClick={() => setOpen("snooze")}>
              Snooze
            </Button>
          ) : null}
          <Button kind="quiet" hint="W" onClick={() => setOpen("why")}>
            Why this order
          </Button>
        </div>
      </header>
      <p className="rounded-panel bg-accent-soft px-3.5 py-2.5">
        <span className="font-medium">{row.reason}.</span> {row.late ? "Late since" : task ? "Due" : "Since"}{" "}
        {dueWords(row.at, now)}.
      </p>
      {row.last_message ? (
        <div className="rounded-panel border px-3.5 py-2.5">
          <p className="flex items-center gap-1.5 text-meta text-ink-2">
            <ChannelIcon channel={row.last_message.channel} /> {when(row.last_message.at, now)}
          </p>
          <p className="mt-1 [overflow-wrap:anywhere]">{row.last_message.text}</p>
        </div>
      ) : null}
      {task?.body ? <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{task.body}</p> : null}
      {may ? (
        <>
          <Field
            label="Note"
            aside={
              <>
                {note.savedAt ? `saved ${clock(note.savedAt)}` : "kept while you write"}{" "}
                <span className="ml-1 max-lg:hidden">
                  <Key>C</Key>
                </span>
              </>
            }
          >
            <TextArea
              ref={noteField}
              rows={2}
              maxLength={4000}
              value={note.value}
              onChange={(e) => note.change(e.target.value)}
              // Back to the keys: a digit then logs the outcome.
              onKeyDown={(e) => e.key === "Escape" && e.currentTarget.blur()}
            />
          </Field>
          <section aria-label="Log outcome">
            <Heading note={<span className="max-lg:hidden">keys 1 to 0</span>}>Outcome</Heading>
            {proposed && !chosen ? (
              <Button
                kind="primary"
                className="mb-2"
                onClick={() => choose(proposed, setChosen, (logged) => void log(logged))}
              >
                Log {callWord(proposed).toLowerCase()}
              </Button>
            ) : null}
            <OutcomePanel
              task={task ?? { campaign_id: null, tries: 0 }}
              leadName={row.lead_name}
              chosen={chosen}
              onChoose={setChosen}
              onLog={(logged) => void log(logged)}
            />
          </section>
        </>
      ) : null}
      <section aria-label="Facts">
        <Facts className="border-t pt-2">
          <Fact label="Phone">{row.phone ? <PhoneLink number={row.phone} lead={row.lead_id} /> : "No number"}</Fact>
          <Fact label="E-mail">{row.email ?? "–"}</Fact>
          <Fact label="Time">{hoursWords(row, now)}</Fact>
          {task && task.tries > 0 ? <Fact label="Tries">{task.tries} before this one</Fact> : null}
        </Facts>
        {row.do_not_contact ? <p className="mt-2 text-bad-ink">Do not contact this lead.</p> : null}
        {row.possible_opt_out ? (
          <p className="mt-2 text-warm-ink">Possible opt-out: say on the lead's page whether they have, then call.</p>
        ) : null}
        {row.hours === "closed" ? (
          <p className="mt-2 text-warm-ink">It is outside the lead's hours. You can still call.</p>
        ) : null}
      </section>
      {task ? (
        <SnoozeDialog open={open === "snooze"} task={task} onClose={() => setOpen(undefined)} onSnoozed={onDone} />
      ) : null}
      <WhyDrawer open={open === "why"} row={row} onClose={() => setOpen(undefined)} />
    </div>
  );
}
