// Entries of the suppression list that a model alone has made, before a model could make none any more: each with the
// words that it took for an opt-out, to remove or to keep. Nothing is shown once all are decided.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, Trash2 } from "lucide-react";
import { Quote } from "@/app/parts/quote";
import { day, phone, plural } from "@/shared/lib/format";
import { CHANNEL_WORDS } from "@/shared/lib/labels";
import { Breakable } from "@/shared/ui/breakable";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type ModelSuppressionView, modelSuppressionQuery, useSuppressionMoves } from "./queries";

/** The reason that is kept on the lead's timeline. */
const reasonOf = ({ sentence }: ModelSuppressionView) =>
  `Only a model read “${sentence.slice(0, 300)}” as an opt-out, and it is none.`;

export function ModelSuppressions() {
  const found = useQuery(modelSuppressionQuery).data ?? [];
  const { keep, lift, restore } = useSuppressionMoves();
  if (!found.length) return null;
  const which = ({ entry }: ModelSuppressionView) => ({ scope: entry.scope, value: entry.value });
  const remove = (one: ModelSuppressionView) =>
    lift.mutate(
      { ...which(one), reason: reasonOf(one) },
      {
        onSuccess: ({ undo }) =>
          toast(`${one.entry.value} removed from the list`, { undo: () => restore.mutateAsync(undo) }),
        onError: (error) => toastProblem(`${one.entry.value} could not be removed`, error),
      },
    );
  const confirm = (one: ModelSuppressionView) =>
    keep.mutate(which(one), {
      onSuccess: () => toast(`${one.entry.value} stays on the list`),
      onError: (error) => toastProblem(`${one.entry.value} could not be kept`, error),
    });
  const busy = keep.isPending || lift.isPending;
  return (
    <section aria-label="Read by a model alone" className="mb-6 max-w-table rounded-panel border bg-warm-soft p-3.5">
      <Heading note="Only a model took these messages for opt-outs. Say of each whether it was one.">
        {plural(found.length, "entry", "entries")} to check
      </Heading>
      <ul>
        {found.map((one) => (
          <li key={`${one.entry.scope}-${one.entry.value}`} className="border-t py-2.5">
            <p className="flex flex-wrap items-baseline gap-x-3">
              <span className="font-medium [overflow-wrap:anywhere]">
                <Breakable text={phone(one.entry.value)} />
              </span>
              <span className="text-meta text-ink-2">
                {CHANNEL_WORDS[one.channel]}, {day(one.at)}
              </span>
              {one.lead_id ? (
                <Link to="/leads/$id" params={{ id: one.lead_id }} className="text-accent-ink hover:underline">
                  Open lead
                </Link>
              ) : null}
            </p>
            <p className="mt-1 [overflow-wrap:anywhere]">“{one.sentence}”</p>
            <details className="mt-1 text-meta text-ink-2">
              <summary className="min-h-6">The message</summary>
              <Quote text={one.text} />
            </details>
            <div className="mt-2 flex flex-wrap gap-2">
              <Button
                size="sm"
                icon={<Trash2 size={14} />}
                disabled={busy}
                aria-label={`Not an opt-out: remove ${one.entry.value} from the list`}
                onClick={() => remove(one)}
              >
                Not an opt-out
              </Button>
              <Button
                size="sm"
                icon={<Check size={14} />}
                disabled={busy}
                aria-label={`Opted out: keep ${one.entry.value} on the list`}
                onClick={() => confirm(one)}
              >
                Opted out
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
