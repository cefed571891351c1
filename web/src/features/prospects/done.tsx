// What adding came to: how many of each outcome, with the leads.
import { Link } from "@tanstack/react-router";
import { plural } from "@/shared/lib/format";
import { cents } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { type AddAnswer, type AddOutcome, joined, OUTCOMES } from "./model";

const SHOWN = 5;
/** Outcomes of which users may think that they cost something. */
const FREE: ReadonlySet<AddOutcome> = new Set(["no_address", "over_cap", "not_asked", "suppressed", "erased"]);

export function Done({
  answers,
  asked,
  names,
  campaign,
  onClose,
}: {
  answers: readonly AddAnswer[];
  /** How many were to be added. */
  asked: number;
  names: ReadonlyMap<string, string>;
  campaign?: string;
  onClose: () => void;
}) {
  const { results, cost, job } = joined(answers);
  const of = (outcome: AddOutcome) => results.filter((one) => one.outcome === outcome);
  const shown = (Object.keys(OUTCOMES) as AddOutcome[]).filter((outcome) => of(outcome).length > 0);
  return (
    <section aria-label="What was added" className="border-b bg-surface px-6 py-3 max-lg:px-4">
      <div className="flex items-start gap-3">
        <h2 className="min-w-0 flex-1 font-semibold" role="status">
          {plural(of("added").length, "lead")} added for {cents(cost)}
          {results.length < asked ? `, stopped after ${results.length} of ${asked}` : ""}
        </h2>
        <Button size="sm" onClick={onClose}>
          Close
        </Button>
      </div>
      <ul className="mt-1">
        {shown.map((outcome) => {
          const those = of(outcome);
          const paid = those.reduce((sum, one) => sum + one.cost, 0);
          const linked = those.flatMap(({ id, lead }) => (lead ? [{ id, lead }] : []));
          return (
            <li key={outcome} className="[overflow-wrap:anywhere]">
              <span className="font-medium">
                {those.length} {OUTCOMES[outcome].words}
              </span>
              {paid && outcome !== "added" ? `, ${cents(paid)}` : FREE.has(outcome) ? ", not charged" : ""}
              {OUTCOMES[outcome].note ? <span className="text-ink-2">. {OUTCOMES[outcome].note}</span> : null}
              {linked.length > 0 ? ": " : ""}
              {linked.slice(0, SHOWN).map(({ id, lead }, at) => (
                <span key={id}>
                  {at > 0 ? ", " : ""}
                  <Link to="/leads/$id" params={{ id: lead }} className="text-accent-ink underline">
                    {names.get(id) ?? "the lead"}
                  </Link>
                </span>
              ))}
              {linked.length > SHOWN ? ` and ${linked.length - SHOWN} more` : ""}
            </li>
          );
        })}
      </ul>
      {campaign && job ? (
        <p className="text-ink-2">
          They are being enrolled:{" "}
          <Link to="/campaigns/$id" params={{ id: campaign }} className="text-accent-ink underline">
            show the campaign
          </Link>
        </p>
      ) : null}
    </section>
  );
}
