// A step on WhatsApp: an approved template with our fields in it, and what may be said freely instead.

import { inputStyle } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import type { Step } from "./model";
import { Words } from "./step-words";

type Chat = Extract<Step, { kind: "whatsapp" }>;

export function WhatsappForm({
  n,
  step,
  error,
  onChange,
}: {
  n: number;
  step: Chat;
  error: (field: string) => string | undefined;
  onChange: (step: Step) => void;
}) {
  return (
    <>
      <div className="flex flex-wrap gap-x-4 gap-y-1.5">
        <label className="flex min-w-0 flex-1 items-center gap-1.5 text-ink-2">
          Template
          <input
            aria-label={`Template of step ${n}`}
            aria-invalid={error("template_name") ? true : undefined}
            placeholder="its name, as approved"
            value={step.template_name}
            onChange={(e) => onChange({ ...step, template_name: e.target.value.trim() })}
            className={cx(inputStyle, "h-[30px] min-w-[140px] max-sm:h-11")}
          />
        </label>
        <label className="flex items-center gap-1.5 text-ink-2">
          Language
          <input
            aria-label={`Language of step ${n}`}
            aria-invalid={error("language") ? true : undefined}
            value={step.language}
            onChange={(e) => onChange({ ...step, language: e.target.value.trim() })}
            className={cx(inputStyle, "h-[30px] !w-[84px] max-sm:h-11")}
          />
        </label>
      </div>
      {(error("template_name") ?? error("language")) ? (
        <p className="text-bad-ink">{error("template_name") ?? error("language")}</p>
      ) : null}
      <Words
        of={`step ${n}`}
        templates={[]}
        error={error("body")}
        value={step.body}
        onValue={(body) => onChange({ ...step, body })}
        rows={4}
        placeholder="The template's words, with a field where it has {{1}}, {{2}} and so on"
        note="Each field is one parameter, in its order. The words between must be those that were approved."
      />
      <Words
        of={`the free answer of step ${n}`}
        templates={[]}
        error={error("free_text")}
        value={step.free_text ?? ""}
        onValue={(free_text) => onChange({ ...step, free_text })}
        rows={3}
        placeholder="Instead of the template, to who has written within a day; may stay empty"
      />
    </>
  );
}
