// The form of an e-mail or SMS step: its own text, or those of its variants.
import { TestSend } from "@/app/test-send/test-send";
import { SmsSize } from "@/shared/editor/sms-size";
import type { TemplateChoice } from "./step-list";
import { Line, Words } from "./step-words";
import { type Mailed, variantsOf } from "./variants";
import { VariantsForm } from "./variants-form";

interface Text {
  subject?: string;
  body: string;
  template?: string | null;
}

export function MessageForm({
  n,
  first,
  step,
  templates,
  error,
  onChange,
}: {
  n: number;
  first: boolean;
  step: Mailed;
  templates: TemplateChoice[];
  error: (field: string) => string | undefined;
  onChange: (step: Mailed) => void;
}) {
  const words = (of: string, text: Text, wrong: typeof error, change: (changes: Partial<Text>) => void) => (
    <MessageWords
      kind={step.kind}
      of={of}
      first={first}
      text={text}
      templates={templates}
      error={wrong}
      onChange={change}
    />
  );
  return (
    <div className="space-y-2.5">
      {variantsOf(step).length
        ? null
        : words(`step ${n}`, step, error, (changes) => onChange({ ...step, ...changes } as Mailed))}
      <VariantsForm
        n={n}
        step={step}
        error={error}
        onChange={onChange}
        words={({ variant, of, error: wrong, onChange: change }) => words(of, variant, wrong, change)}
      />
    </div>
  );
}

function MessageWords({
  kind,
  of,
  first,
  text,
  templates,
  error,
  onChange,
}: {
  kind: "email" | "sms";
  of: string;
  first: boolean;
  text: Text;
  templates: TemplateChoice[];
  error: (field: string) => string | undefined;
  onChange: (changes: Partial<Text>) => void;
}) {
  if (kind === "sms") {
    return (
      <Words
        of={of}
        templates={templates}
        error={error("body")}
        value={text.body}
        onValue={(body) => onChange({ body })}
        rows={3}
        placeholder="The text of the SMS"
        note={<SmsSize text={text.body} />}
        onTemplate={(t) => onChange({ body: t.body, template: t.id })}
      />
    );
  }
  return (
    <Words
      of={of}
      templates={templates}
      error={error("subject") ?? error("body")}
      value={text.body}
      onValue={(body) => onChange({ body })}
      rows={7}
      placeholder="The text of the e-mail"
      note={<TestSend of={of} words={{ subject: text.subject ?? "", body: text.body }} />}
      head={
        <Line
          label={`Subject of ${of}`}
          invalid={!!error("subject")}
          placeholder={first ? "Subject" : "Subject; leave empty to reply in the same thread"}
          value={text.subject ?? ""}
          onValue={(subject) => onChange({ subject })}
        />
      }
      onTemplate={(t) => onChange({ subject: t.subject, body: t.body, template: t.id })}
    />
  );
}
