// What came of the messages that were made from a template.
import type { TemplateFiguresView } from "@/app/enrol/templates";
import { count, plural, share } from "@/shared/lib/format";
import { Heading } from "@/shared/ui/section";

export const sentWords = (figures?: TemplateFiguresView) =>
  figures?.contacted ? `sent to ${count(figures.contacted)}` : undefined;

export function TemplateFigures({ figures }: { figures?: TemplateFiguresView }) {
  if (!figures) return <p className="text-ink-2">No launched campaign sends it yet.</p>;
  const { campaigns, contacted, delivered, opened, clicked, replied, positive, opted_out, complained, bounced } =
    figures;
  const rows: [string, number][] = [
    ["Delivered", delivered],
    ["Opened", opened],
    ["Clicked", clicked],
    ["Answered", replied],
    ["Answered well", positive],
    ["Opted out", opted_out],
    ["Reported as spam", complained],
    ["Came back", bounced],
  ];
  return (
    <section aria-label="What came of it">
      <Heading>What came of it</Heading>
      <p className="mb-1.5 text-ink-2">
        Sent to {plural(contacted, "person", "people")} by {plural(campaigns, "campaign")}.
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
    </section>
  );
}
