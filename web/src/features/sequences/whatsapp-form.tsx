// The form of a WhatsApp step: an approved template with our fields in it, or several, and the free text that may
// replace it.
import { inputStyle } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import type { Step } from "./model";
import { Words } from "./step-words";
import { variantsOf } from "./variants";
import { VariantsForm } from "./variants-form";

type Chat = Extract<Step, { kind: "whatsapp" }>;

interface Approved {
  template_name?: string;
  language?: string;
  body: string;
}

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
  const variants = variantsOf(step);
  return (
    <div className="space-y-2.5">
      {variants.length ? null : (
        <TemplateWords
          of={`step ${n}`}
          text={step}
          error={error}
          onChange={(changes) => onChange({ ...step, ...changes })}
        />
      )}
      <VariantsForm
        n={n}
        step={step}
        error={error}
        onChange={onChange}
        words={({ variant, of, error: wrong, onChange: change }) => (
          <TemplateWords of={of} text={variant} error={wrong} onChange={change} />
        )}
      />
      <Words
        of={`the free reply of step ${n}`}
        templates={[]}
        error={error("free_text")}
        value={step.free_text ?? ""}
        onValue={(free_text) => onChange({ ...step, free_text })}
        rows={3}
        placeholder="Used instead of the template if they wrote within 24 hours; optional"
      />
    </div>
  );
}

function TemplateWords({
  of,
  text,
  error,
  onChange,
}: {
  of: string;
  text: Approved;
  error: (field: string) => string | undefined;
  onChange: (changes: Partial<Approved>) => void;
}) {
  return (
    <div className="space-y-2.5">
      <div className="flex flex-wrap gap-x-4 gap-y-1.5">
        <label className="flex min-w-0 flex-1 items-center gap-1.5 text-ink-2">
          Template
          <input
            aria-label={`Template of ${of}`}
            aria-invalid={error("template_name") ? true : undefined}
            placeholder="approved name"
            value={text.template_name ?? ""}
            onChange={(e) => onChange({ template_name: e.target.value.trim() })}
            className={cx(inputStyle, "h-control min-w-35 max-sm:h-11")}
          />
        </label>
        <label className="flex items-center gap-1.5 text-ink-2">
          Language
          <input
            aria-label={`Language of ${of}`}
            aria-invalid={error("language") ? true : undefined}
            value={text.language ?? ""}
            onChange={(e) => onChange({ language: e.target.value.trim() })}
            className={cx(inputStyle, "h-control !w-[84px] max-sm:h-11")}
          />
        </label>
      </div>
      {(error("template_name") ?? error("language")) ? (
        <p className="text-bad-ink">{error("template_name") ?? error("language")}</p>
      ) : null}
      <Words
        of={of}
        templates={[]}
        error={error("body")}
        value={text.body}
        onValue={(body) => onChange({ body })}
        rows={4}
        placeholder="The template text, with a field in place of {{1}}, {{2}} and so on"
        note="Each field is one parameter, in order. The text in between must match the approved template."
      />
    </div>
  );
}
