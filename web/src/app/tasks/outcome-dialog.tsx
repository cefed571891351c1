// The outcome of a call, with a note and its length, in a dialog.
import { useState } from "react";
import { Field, Input, TextArea } from "@/shared/forms/field";
import { Dialog } from "@/shared/ui/dialog";
import { type CallOutcome, outcomeOfKey } from "./effects";
import { choose, type LoggedOutcome, OutcomePanel } from "./outcome-panel";
import type { TaskView } from "./queries";

export interface CallLog extends LoggedOutcome {
  note?: string;
  call_seconds?: number;
  /** The call that the app placed. */
  call_id?: string;
}

export function OutcomeDialog({
  open,
  task,
  onClose,
  onLog,
}: {
  open: boolean;
  task: TaskView;
  onClose: () => void;
  onLog: (log: CallLog) => void;
}) {
  const [chosen, setChosen] = useState<CallOutcome>();
  const [note, setNote] = useState("");
  const [minutes, setMinutes] = useState("");
  const log = (logged: LoggedOutcome) => {
    const length = Math.round(Number(minutes) * 60);
    onLog({
      ...logged,
      ...(note.trim() ? { note: note.trim() } : {}),
      ...(length > 0 ? { call_seconds: length } : {}),
    });
    setChosen(undefined);
    setNote("");
    setMinutes("");
  };
  const close = () => {
    setChosen(undefined);
    onClose();
  };
  return (
    <Dialog open={open} onClose={close} title="Log outcome" description={`${task.title}, ${task.lead_name}`}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are shown on the buttons, which do the same */}
      <div
        className="space-y-4"
        onKeyDown={(e) => {
          const outcome = outcomeOfKey(e.key);
          const isTyping = e.target instanceof HTMLInputElement || e.target instanceof HTMLTextAreaElement;
          if (!outcome || isTyping || chosen || e.ctrlKey || e.metaKey || e.altKey) return;
          e.preventDefault();
          choose(outcome, setChosen, log);
        }}
      >
        <OutcomePanel task={task} leadName={task.lead_name} chosen={chosen} onChoose={setChosen} onLog={log} />
        <Field label="Note" aside="optional">
          <TextArea rows={2} maxLength={4000} value={note} onChange={(e) => setNote(e.target.value)} />
        </Field>
        <Field label="Minutes on the phone" aside="optional" className="w-48">
          <Input
            inputMode="decimal"
            type="number"
            min={0}
            max={1440}
            step="0.5"
            value={minutes}
            onChange={(e) => setMinutes(e.target.value)}
          />
        </Field>
      </div>
    </Dialog>
  );
}
