// Tries instructions before they are saved: on a lead, its conversation, or a typed text. Shows the finished prompt, the
// answer, the verdict of the check and the cost. Nothing is saved or sent.
import { useState } from "react";
import { asProblem } from "@/api/errors";
import { type ChosenLead, LeadChoice } from "@/app/tasks/lead-choice";
import { Field, TextArea } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { capital } from "@/shared/lib/format";
import { dollars } from "@/shared/lib/spend";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Fact, Facts } from "@/shared/ui/section";
import { AI_USES, type AiUse, LONGEST_TRIED_TEXT, type PromptTrial, useTryPrompt } from "./prompts";

type On = "lead" | "text";

const ON: Record<On, string> = { lead: "The last message of a lead", text: "A text that you type" };

interface TryPromptProps {
  name: AiUse;
  instructions: string;
  onClose: () => void;
}

export default function TryPrompt({ name, instructions, onClose }: TryPromptProps) {
  const answers = name === "reply_draft";
  const [on, setOn] = useState<On>("lead");
  const [lead, setLead] = useState<ChosenLead>();
  const [text, setText] = useState("");
  const trial = useTryPrompt(name);
  const typed = answers && on === "text";
  const ready = typed ? !!text.trim() : !!lead;
  // A result is of what is chosen.
  const change = (set: () => void) => {
    trial.reset();
    set();
  };
  const start = () =>
    trial.mutate(typed ? { instructions, text: text.trim() } : { instructions, lead_id: lead?.id ?? null });
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`Try: ${AI_USES[name]}`}
      description="The model is asked once with the instructions as they stand in the field. The call is paid for like any other. Nothing is saved or sent."
      footer={
        <>
          <Button kind="primary" busy={trial.isPending} disabled={!ready || trial.isPending} onClick={start}>
            {trial.data ? "Try again" : "Try"}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <fieldset disabled={trial.isPending} className="min-w-0 space-y-4">
          {answers ? (
            <fieldset>
              <legend className="mb-1 font-medium">What is answered</legend>
              {(["lead", "text"] as const).map((choice) => (
                <label key={choice} className="flex min-h-7 items-center gap-2 max-sm:min-h-11">
                  <input
                    type="radio"
                    name="tried-on"
                    checked={on === choice}
                    className="size-4 shrink-0 accent-accent"
                    onChange={() => change(() => setOn(choice))}
                  />
                  {ON[choice]}
                </label>
              ))}
            </fieldset>
          ) : null}
          {typed ? (
            <Field label="Text" help="What a lead might write.">
              <TextArea
                rows={4}
                value={text}
                maxLength={LONGEST_TRIED_TEXT}
                onChange={(event) => change(() => setText(event.target.value))}
              />
            </Field>
          ) : (
            <LeadChoice lead={lead} onChoose={(chosen) => change(() => setLead(chosen))} />
          )}
        </fieldset>
        {trial.error ? <FormProblem problem={asProblem(trial.error)} /> : null}
        <div aria-live="polite">{trial.data && !trial.isPending ? <Result trial={trial.data} /> : null}</div>
      </div>
    </Dialog>
  );
}

function Result({ trial }: { trial: PromptTrial }) {
  const { answer, turned_down, facts, model, cost, rules, added, told } = trial;
  return (
    <section aria-label="Result" className="space-y-3">
      <div className="rounded-panel border p-3">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-2">
          <Badge tone={turned_down ? "bad" : "good"}>{turned_down ? "Turned down" : "Passed the check"}</Badge>
          <span>
            {model}, {dollars(cost)}
          </span>
        </p>
        {turned_down ? <p className="mt-2 text-bad-ink">Not used: {turned_down}.</p> : null}
        <p className="mt-2 text-msg whitespace-pre-wrap [overflow-wrap:anywhere]">{answer}</p>
        {facts.length ? (
          <>
            <p className="mt-2 text-meta text-ink-2">It rests on:</p>
            <ul aria-label="Facts of the answer" className="mt-0.5 list-disc pl-5 text-meta">
              {facts.map((fact) => (
                <li key={fact.number}>{fact.text}</li>
              ))}
            </ul>
          </>
        ) : null}
      </div>
      <details>
        <summary className="cursor-pointer text-ink-2">The finished prompt</summary>
        <div className="mt-2 space-y-3 rounded-control border bg-sunken p-3">
          <p className="whitespace-pre-wrap">{rules}</p>
          {added.map((line) => (
            <p key={line} className="[overflow-wrap:anywhere]">
              {line}
            </p>
          ))}
          <Facts>
            {told.map((part, index) => (
              <Fact key={index} label={capital(part.what)}>
                <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">{part.text}</span>
              </Fact>
            ))}
          </Facts>
        </div>
      </details>
    </section>
  );
}
