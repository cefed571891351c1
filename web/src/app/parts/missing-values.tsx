// Who would be held because a text names a value that they lack, before that text is sent.
import { count, plural, words } from "@/shared/lib/format";

/** `more`: there are others whom nobody has looked at. */
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
  const of = more ? `Of the first ${count(lookedAt)} under way, ` : "";
  if (people === 0) return more ? <p className="text-ink-2">{of}nobody lacks a value that a text needs.</p> : null;
  return (
    <div className="rounded-panel bg-warm-soft px-3.5 py-2.5 text-warm-ink">
      <p>
        {of}
        {plural(people, "person lacks", "people lack")} a value that a text needs, and {people === 1 ? "is" : "are"}{" "}
        held there until somebody fills it in:
      </p>
      <p className="font-medium">{fields.map((f) => `${words(f.field)} ${count(f.people)}`).join(", ")}</p>
    </div>
  );
}
