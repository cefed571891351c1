// Leads that would be held because a message needs a consent that is not recorded, shown before a launch.
import type { Schema } from "@/api/types";
import { count, plural } from "@/shared/lib/format";
import { CHANNEL_WORDS } from "@/shared/lib/labels";

/** `more`: there are leads that were not checked. */
export function MissingConsent({
  rows,
  lookedAt,
  more,
}: {
  rows: Schema["MissingConsent"][] | undefined;
  lookedAt: number;
  more: boolean;
}) {
  if (!rows?.length) return null;
  const people = rows.reduce((sum, row) => sum + row.people, 0);
  const of = more ? `Of the first ${count(lookedAt)} active leads, ` : "";
  return (
    <div className="mt-2 rounded-panel bg-warm-soft px-3.5 py-2.5 text-warm-ink">
      <p>
        {of}
        {plural(people, "lead")} can't get every message: no sufficient consent recorded. They are held at that step
        until it is:
      </p>
      <ul className="font-medium">
        {rows.map((row) => (
          <li key={`${row.channel} ${row.rule}`}>
            {CHANNEL_WORDS[row.channel]}, {plural(row.people, "lead")}: {row.rule}
          </li>
        ))}
      </ul>
    </div>
  );
}
