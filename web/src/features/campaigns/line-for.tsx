// The opening line that a campaign uses for one lead, with the facts that it rests on.
import { useQuery } from "@tanstack/react-query";
import { plural } from "@/shared/lib/format";
import { writtenWith } from "@/shared/lib/written-with";
import { Loaded } from "@/shared/ui/states";
import { LINE_SOURCES, lineExampleQuery, sourceWords } from "./writing";

export function LineFor({ campaign, lead }: { campaign: string; lead: string }) {
  const example = useQuery(lineExampleQuery(campaign, lead));
  const shown = example.data?.example;
  return (
    <Loaded query={example} what="The opening line">
      {() =>
        shown ? (
          <div aria-live="polite" className="mt-2">
            {shown.text ? (
              <>
                <q className="[quotes:'“''”']">{shown.text}</q>
                <p className="text-ink-2">
                  {shown.from ? LINE_SOURCES[shown.from] : null}
                  {shown.why ? `: ${shown.why}` : ""}.
                  {shown.written_with && shown.written_at
                    ? ` ${writtenWith(shown.written_with, shown.written_at)}.`
                    : null}
                </p>
              </>
            ) : (
              <p className="text-ink-2">
                No opening line is written yet{shown.why ? `: ${shown.why}` : ""}. The lead is held where a step needs
                one.
              </p>
            )}
            {shown.facts.length ? (
              <>
                <p className="mt-2 text-meta text-ink-2">It rests on {plural(shown.facts.length, "fact")}:</p>
                <ul aria-label="Facts of the opening line" className="mt-0.5 list-disc pl-5 text-meta">
                  {shown.facts.map((fact) => (
                    <li key={fact.number}>
                      {fact.text} <span className="text-ink-3">{sourceWords(fact.source)}</span>
                    </li>
                  ))}
                </ul>
              </>
            ) : null}
          </div>
        ) : null
      }
    </Loaded>
  );
}
