// One row of the self-check: the state as an icon and a word, what was found, and what fixes it.
import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Badge, type Tone } from "@/shared/ui/badge";
import type { SelfCheck } from "./queries";

type Check = SelfCheck["checks"][number];
type CheckState = Check["state"];

const STATES: Record<CheckState, { word: string; tone: Tone; Icon: typeof CircleCheck }> = {
  fine: { word: "Fine", tone: "good", Icon: CircleCheck },
  not_set_up: { word: "Not set up", tone: "plain", Icon: CircleDashed },
  warning: { word: "Warning", tone: "warm", Icon: TriangleAlert },
  broken: { word: "Broken", tone: "bad", Icon: CircleX },
};

export function StateWord({ state }: { state: CheckState }) {
  const { word, tone, Icon } = STATES[state];
  return (
    <Badge tone={tone} icon={<Icon size={13} aria-hidden="true" />}>
      {word}
    </Badge>
  );
}

function Row({ state, name, seen, children }: { state: CheckState; name: string; seen: string; children?: ReactNode }) {
  return (
    <li className="grid grid-cols-[104px_minmax(0,1fr)] gap-x-3 py-2 max-sm:grid-cols-1 max-sm:gap-y-1.5">
      <div>
        <StateWord state={state} />
      </div>
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <div className="font-medium">{name}</div>
        <div className="text-ink-2">{seen}</div>
        {children}
      </div>
    </li>
  );
}

/** Commands stand between backticks, to be copied as they are. */
function Commands({ text }: { text: string }) {
  return text.split("`").map((part, i) =>
    i % 2 ? (
      <code key={i} className="rounded-key bg-sunken px-1 select-all">
        {part}
      </code>
    ) : (
      part
    ),
  );
}

function Fix({ state, fix }: { state: CheckState; fix?: string | null }) {
  if (!fix) return null;
  return (
    <div className="mt-1.5 border-l-2 border-edge pl-2.5">
      <span className="text-ink-2">{state === "not_set_up" ? "To set it up: " : "To fix it: "}</span>
      <Commands text={fix} />
    </div>
  );
}

export function CheckRow({ check }: { check: Check }) {
  return (
    <Row state={check.state} name={check.name} seen={check.seen}>
      <Fix state={check.state} fix={check.fix} />
    </Row>
  );
}

/** The advice for a feature whose parts are fine but which still fails is the same as on the troubleshooting page. */
export function PromiseRow({ promise }: { promise: SelfCheck["promises"][number] }) {
  return (
    <Row state={promise.state} name={promise.name} seen={promise.seen}>
      <Fix state={promise.state} fix={promise.fix} />
      <details className="mt-1">
        <summary className="min-h-6 text-meta text-ink-2">Help</summary>
        <p className="text-ink-2">{promise.look_at}</p>
      </details>
    </Row>
  );
}
