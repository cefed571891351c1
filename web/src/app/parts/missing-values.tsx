// Leads that would be held because a text uses a value that they lack, shown before that text is sent.
import { count, plural, words } from "@/shared/lib/format";

/** `more`: there are leads that were not checked. */
export function MissingValues({
  people,
  lookedAt,
  more,
  fields,
}: {
  people: number;
  lookedAt: number;
  more: boolean;
  fields: { field: string; people: number }[];
}) {
  const of = more ? `Of the first ${count(lookedAt)} active leads, ` : "";
  if (people === 0) return more ? <p className="text-ink-2">{of}none is missing a value that a text needs.</p> : null;
  return (
    <div className="rounded-panel bg-warm-soft px-3.5 py-2.5 text-warm-ink">
      <p>
        {of}
        {plural(people, "lead is", "leads are")} missing a value that a text needs. They are held at that step until you
        fill it in:
      </p>
      <p className="font-medium">{fields.map((f) => `${words(f.field)} ${count(f.people)}`).join(", ")}</p>
    </div>
  );
}
