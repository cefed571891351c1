// The results of the messages that were made from a template.
import type { TemplateFiguresView } from "@/app/enrol/templates";
import { count, plural, share } from "@/shared/lib/format";
import { leftOutWords } from "@/shared/lib/machine-visits";
import { Heading } from "@/shared/ui/section";

export const sentWords = (figures?: TemplateFiguresView) =>
  figures?.contacted ? `sent to ${count(figures.contacted)}` : undefined;

export function TemplateFigures({ figures }: { figures?: TemplateFiguresView }) {
  if (!figures) return <p className="text-ink-2">No launched campaign uses it yet.</p>;
  const { campaigns, contacted, delivered, opened, clicked, replied, positive, opted_out, complained, bounced } =
    figures;
  const rows: [string, number][] = [
    ["Delivered", delivered],
    ["Opened", opened],
    ["Clicked", clicked],
    ["Replied", replied],
    ["Positive replies", positive],
    ["Opted out", opted_out],
    ["Reported as spam", complained],
    ["Bounced", bounced],
  ];
  return (
    <section aria-label="Performance">
      <Heading>Performance</Heading>
      <p className="mb-1.5 text-ink-2">
        Sent to {plural(contacted, "lead")} by {plural(campaigns, "campaign")}.
      </p>
      {contacted ? (
        <dl className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 tabular-nums">
          {rows.map(([name, people]) => (
            <div key={name} className="contents">
              <dt className="text-ink-2">{name}</dt>
              <dd className="text-right">{share(people, contacted)}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {contacted ? <p className="mt-1.5 text-meta text-ink-3">{leftOutWords(figures.machine_visits)}</p> : null}
    </section>
  );
}
