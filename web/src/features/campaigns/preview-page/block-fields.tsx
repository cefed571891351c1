// The fields of one block of a preview page.
import { Plus, X } from "lucide-react";
import { Field, Input, TextArea } from "@/shared/forms/field";
import { Button } from "@/shared/ui/button";
import { MOST_ENTRIES, type PageBlock } from "./model";

const TEXT_ROWS = 4;

interface Props<B extends PageBlock = PageBlock> {
  block: B;
  faults: Record<string, string>;
  may: boolean;
  onChange: (block: PageBlock) => void;
}

type Of<K extends PageBlock["kind"]> = Props<Extract<PageBlock, { kind: K }>>;

export function BlockFields({ block, ...rest }: Props) {
  switch (block.kind) {
    case "hero":
      return <Hero block={block} {...rest} />;
    case "offer":
      return <Offer block={block} {...rest} />;
    case "proof":
      return <Proof block={block} {...rest} />;
    case "video":
      return <Video block={block} {...rest} />;
    case "calendar":
    case "payment":
      return <ButtonLabel block={block} {...rest} />;
    case "faq":
      return <Faq block={block} {...rest} />;
    default:
      return <p className="text-ink-2">This block has nothing to fill in.</p>;
  }
}

function Line({
  label,
  help,
  value,
  fault,
  may,
  onValue,
}: {
  label: string;
  help?: string;
  value: string;
  fault?: string;
  may: boolean;
  onValue: (value: string) => void;
}) {
  return (
    <Field label={label} help={help} error={fault}>
      <Input value={value} disabled={!may} onChange={(e) => onValue(e.target.value)} />
    </Field>
  );
}

function Text(props: Parameters<typeof Line>[0]) {
  return (
    <Field label={props.label} help={props.help} error={props.fault}>
      <TextArea
        rows={TEXT_ROWS}
        value={props.value}
        disabled={!props.may}
        onChange={(e) => props.onValue(e.target.value)}
      />
    </Field>
  );
}

function Hero({ block, faults, may, onChange }: Of<"hero">) {
  return (
    <>
      <Line
        label="Headline"
        help="Left empty, it names your company and the lead's."
        value={block.headline}
        fault={faults.headline}
        may={may}
        onValue={(headline) => onChange({ ...block, headline })}
      />
      <Text
        label="Text"
        value={block.text}
        fault={faults.text}
        may={may}
        onValue={(text) => onChange({ ...block, text })}
      />
    </>
  );
}

function Offer({ block, faults, may, onChange }: Of<"offer">) {
  return (
    <>
      <Line
        label="Heading"
        value={block.heading}
        fault={faults.heading}
        may={may}
        onValue={(heading) => onChange({ ...block, heading })}
      />
      <Text
        label="Text"
        help="An empty line begins a paragraph."
        value={block.text}
        fault={faults.text}
        may={may}
        onValue={(text) => onChange({ ...block, text })}
      />
    </>
  );
}

function Video({ block, faults, may, onChange }: Of<"video">) {
  return (
    <>
      <Line
        label="Heading"
        help="Left empty: Watch the video."
        value={block.heading}
        fault={faults.heading}
        may={may}
        onValue={(heading) => onChange({ ...block, heading })}
      />
      <Line
        label="Address of the video"
        help="It opens on its own site: the page loads nothing from others."
        value={block.url}
        fault={faults.url}
        may={may}
        onValue={(url) => onChange({ ...block, url })}
      />
    </>
  );
}

function ButtonLabel({ block, faults, may, onChange }: Of<"calendar" | "payment">) {
  const [standard, link] =
    block.kind === "calendar" ? ["Pick a time", "booking link"] : ["Get started", "payment link"];
  return (
    <Line
      label="Button"
      help={`Left empty: ${standard}. It leads to the ${link} in Settings, Company; without one it is left out.`}
      value={block.label}
      fault={faults.label}
      may={may}
      onValue={(label) => onChange({ ...block, label })}
    />
  );
}

function Proof({ block, faults, may, onChange }: Of<"proof">) {
  const { quotes } = block;
  const set = (at: number, part: Partial<(typeof quotes)[number]>) =>
    onChange({ ...block, quotes: quotes.map((quote, n) => (n === at ? { ...quote, ...part } : quote)) });
  return (
    <>
      <Line
        label="Heading"
        value={block.heading}
        fault={faults.heading}
        may={may}
        onValue={(heading) => onChange({ ...block, heading })}
      />
      <Entries
        what="quote"
        count={quotes.length}
        may={may}
        onAdd={() => onChange({ ...block, quotes: [...quotes, { text: "", by: "" }] })}
        onRemove={(at) => onChange({ ...block, quotes: quotes.filter((_, n) => n !== at) })}
      >
        {(at) => (
          <>
            <Text
              label={`Quote ${at + 1}`}
              value={quotes[at]?.text ?? ""}
              fault={faults[`quotes[${at}].text`]}
              may={may}
              onValue={(text) => set(at, { text })}
            />
            <Line
              label="Said by"
              help="Quote only people who agreed to it."
              value={quotes[at]?.by ?? ""}
              fault={faults[`quotes[${at}].by`]}
              may={may}
              onValue={(by) => set(at, { by })}
            />
          </>
        )}
      </Entries>
    </>
  );
}

function Faq({ block, faults, may, onChange }: Of<"faq">) {
  const { items } = block;
  const set = (at: number, part: Partial<(typeof items)[number]>) =>
    onChange({ ...block, items: items.map((item, n) => (n === at ? { ...item, ...part } : item)) });
  return (
    <>
      <Line
        label="Heading"
        value={block.heading}
        fault={faults.heading}
        may={may}
        onValue={(heading) => onChange({ ...block, heading })}
      />
      <Entries
        what="question"
        count={items.length}
        may={may}
        onAdd={() => onChange({ ...block, items: [...items, { question: "", answer: "" }] })}
        onRemove={(at) => onChange({ ...block, items: items.filter((_, n) => n !== at) })}
      >
        {(at) => (
          <>
            <Line
              label={`Question ${at + 1}`}
              value={items[at]?.question ?? ""}
              fault={faults[`items[${at}].question`]}
              may={may}
              onValue={(question) => set(at, { question })}
            />
            <Text
              label="Answer"
              value={items[at]?.answer ?? ""}
              fault={faults[`items[${at}].answer`]}
              may={may}
              onValue={(answer) => set(at, { answer })}
            />
          </>
        )}
      </Entries>
    </>
  );
}

/** The quotes or questions of a block: each can be removed while there is another, and more can be added. */
function Entries({
  what,
  count,
  may,
  onAdd,
  onRemove,
  children,
}: {
  what: string;
  count: number;
  may: boolean;
  onAdd: () => void;
  onRemove: (at: number) => void;
  children: (at: number) => React.ReactNode;
}) {
  return (
    <>
      {Array.from({ length: count }, (_, at) => (
        <div key={at} className="space-y-3 border-l-2 pl-3">
          {children(at)}
          {may && count > 1 ? (
            <Button size="sm" kind="quiet" icon={<X size={14} />} onClick={() => onRemove(at)}>
              Remove {what} {at + 1}
            </Button>
          ) : null}
        </div>
      ))}
      {may && count < MOST_ENTRIES ? (
        <Button size="sm" icon={<Plus size={14} />} onClick={onAdd}>
          Add a {what}
        </Button>
      ) : null}
    </>
  );
}
