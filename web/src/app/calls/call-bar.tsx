// The bar of a call: whom it is with, how far it is, hanging up, and the outcome once it has ended, with one key.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PhoneOff } from "lucide-react";
import { useRef, useState } from "react";
import { client, unwrap } from "@/api/client";
import { CALL_OUTCOMES, type CallOutcome, callWord, keyOf } from "@/app/tasks/effects";
import { useFinish } from "@/app/tasks/outcome";
import { choose, type LoggedOutcome, OutcomePanel } from "@/app/tasks/outcome-panel";
import { taskQuery, useNewTask } from "@/app/tasks/queries";
import { useDraft } from "@/shared/editor/drafts";
import { Field, TextArea } from "@/shared/forms/field";
import { duration } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { useKeys } from "@/shared/lib/keyboard";
import { useStore } from "@/shared/lib/store";
import { Button } from "@/shared/ui/button";
import { toastProblem } from "@/shared/ui/toast";
import { noteKey } from "./note";
import type { CallView } from "./phone-link";
import { isLoggedThere, loggedOnPage, shownCall, useHangUp } from "./placing";
import { END_WORDS, STATE_WORDS } from "./words";

export function CallBar({ call }: { call: CallView }) {
  const id = call.lead_id;
  const lead = useQuery({
    queryKey: ["leads", "one", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/leads/{id}", { params: { path: { id } }, signal })),
  });
  const hangUp = useHangUp();
  const place = useStore(loggedOnPage);
  const name = lead.data?.name ?? "the lead";
  const words = call.end ? END_WORDS[call.end] : STATE_WORDS[call.state];
  const length = call.end && call.seconds ? `, ${duration(call.seconds * 1000)}` : "";
  return (
    <section
      aria-label="Call"
      className="fixed right-4 bottom-4 z-30 max-h-[calc(100dvh-32px)] w-95 max-w-[calc(100vw-32px)] overflow-y-auto rounded-card border bg-raised px-4 py-3 shadow-float max-sm:bottom-18"
    >
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="font-semibold break-words">
            <Link to="/leads/$id" params={{ id }} className="hover:underline">
              {name}
            </Link>
          </p>
          <p role="status" className="text-ink-2">
            {words}
            {length}
          </p>
          {call.end ? null : <EndsSoon placedAt={call.placed_at} />}
        </div>
        {call.end ? (
          <Button kind="quiet" size="sm" onClick={() => shownCall.set(undefined)}>
            {call.proposed ? "Do not log" : "Close"}
          </Button>
        ) : (
          <Button icon={<PhoneOff size={15} />} busy={hangUp.isPending} onClick={() => hangUp.mutate(call.id)}>
            {call.state === "not_known" ? "Give up" : "Hang up"}
          </Button>
        )}
      </div>
      {call.end && call.proposed ? (
        isLoggedThere(call, place) ? (
          <p className="mt-1 text-ink-2">Choose the outcome beside your note.</p>
        ) : (
          <CallOutcomeForm call={call} name={name} key={call.id} />
        )
      ) : null}
    </section>
  );
}

const MINUTE = 60_000;
/** The provider ends a call after an hour; the user is told for the last five minutes of it. */
const LASTS = 60 * MINUTE;
const TOLD_FROM = 55 * MINUTE;

function EndsSoon({ placedAt }: { placedAt: string }) {
  const age = useNow(10_000) - Date.parse(placedAt);
  if (age < TOLD_FROM) return null;
  const left = Math.max(1, Math.ceil((LASTS - age) / MINUTE));
  return (
    <p role="alert" className="mt-1 text-warm-ink">
      The call ends in {left === 1 ? "a minute" : `${left} minutes`}: calls last an hour. To go on, call again; money
      for the next hour is set aside first.
    </p>
  );
}

/** The outcome of a call that rang the lead's phone. The one that the provider reports is offered first. */
function CallOutcomeForm({ call, name }: { call: CallView; name: string }) {
  const asked = call.task_id ?? "";
  const known = useQuery({ ...taskQuery(asked), enabled: !!asked }).data;
  const create = useNewTask();
  const finish = useFinish();
  const [chosen, setChosen] = useState<CallOutcome>();
  // The same note as on the calls page, if one was begun there.
  const note = useDraft(noteKey(call.lead_id), "", (text) => !text.trim());
  const isLogging = useRef(false);
  const log = async (logged: LoggedOutcome) => {
    // A second click before the first one's task is made would make another.
    if (isLogging.current) return;
    isLogging.current = true;
    const told = {
      ...logged,
      ...(note.value.trim() ? { note: note.value.trim() } : {}),
      ...(call.seconds ? { call_seconds: call.seconds } : {}),
      call_id: call.id,
    };
    try {
      // A task that was closed meanwhile has its outcome: this call becomes one of its own.
      const open = known && !known.done_at ? known : undefined;
      finish(open ?? (await create.mutateAsync({ lead_id: call.lead_id, kind: "call", title: "Call" })), told);
      void note.clear();
      shownCall.set(undefined);
    } catch (error) {
      isLogging.current = false;
      toastProblem("Could not log the call", error);
    }
  };
  const isReady = !asked || !!known;
  const press = (outcome: CallOutcome) => choose(outcome, setChosen, (logged) => void log(logged));
  useKeys(
    Object.fromEntries(CALL_OUTCOMES.map((outcome) => [keyOf(outcome), () => !chosen && press(outcome)])),
    isReady,
  );
  const proposed = CALL_OUTCOMES.find((outcome) => outcome === call.proposed);
  return (
    <div className="mt-3 space-y-3 border-t pt-3">
      <Field label="Note" aside="optional">
        <TextArea rows={2} maxLength={4000} value={note.value} onChange={(e) => note.change(e.target.value)} />
      </Field>
      {proposed && !chosen ? (
        <Button kind="primary" disabled={!isReady} onClick={() => press(proposed)}>
          Log {callWord(proposed).toLowerCase()}
        </Button>
      ) : null}
      <OutcomePanel
        task={known ?? { campaign_id: null, tries: 0 }}
        leadName={name}
        chosen={chosen}
        onChoose={setChosen}
        onLog={(logged) => void log(logged)}
      />
    </div>
  );
}
