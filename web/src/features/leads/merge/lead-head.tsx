// One of the leads that are merged: the choice that it stays, and what tells it from the others.
import type { Schema } from "@/api/types";
import { cx } from "@/shared/lib/cx";
import { day, phone } from "@/shared/lib/format";
import { stageWord } from "@/shared/lib/stages";

export function LeadHead({
  lead,
  name,
  stays,
  group,
  onStay,
}: {
  lead: Schema["DuplicateLeadView"];
  /** The lead's name, told apart from others of the same name. */
  name: string;
  stays: boolean;
  group: string;
  onStay: () => void;
}) {
  const facts = [
    stageWord(lead.status),
    `added ${day(lead.created_at)}`,
    lead.last_contacted_at ? `last contacted ${day(lead.last_contacted_at)}` : "not contacted yet",
  ];
  return (
    <label
      className={cx(
        "flex items-start gap-2.5 rounded-control px-2 py-1.5 hover:bg-sunken max-sm:min-h-11",
        stays && "bg-accent-soft",
      )}
    >
      <input
        type="radio"
        name={group}
        className="mt-0.5 size-4 shrink-0 accent-accent"
        aria-label={`${lead.name} stays${name === lead.name ? "" : `: ${name}`}`}
        checked={stays}
        onChange={onStay}
      />
      <span className="min-w-0 flex-1 font-normal [overflow-wrap:anywhere]">
        <span className="block font-semibold text-ink">
          {lead.name} {stays ? <span className="font-medium text-accent-ink">stays</span> : null}
        </span>
        {[lead.company === lead.name ? undefined : lead.company, lead.email, lead.phone ? phone(lead.phone) : undefined]
          .filter(Boolean)
          .map((line) => (
            <span key={line} className="block text-meta text-ink-2">
              {line}
            </span>
          ))}
        <span className="block text-meta text-ink-2">{facts.join(", ")}</span>
      </span>
    </label>
  );
}
