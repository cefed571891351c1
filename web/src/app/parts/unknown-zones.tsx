// How many leads of a campaign have no known time zone, and what that means for them.
import { count, plural } from "@/shared/lib/format";

interface UnknownZonesProps {
  people: number;
  /** Those of them for whom no hour of the window is day wherever they may be. */
  held: number;
  lookedAt: number;
  more: boolean;
}

/** "3 leads have no known time zone: …"; nothing if all are known. */
export function unknownZoneWords({ people, held, lookedAt, more }: UnknownZonesProps): string[] {
  if (!people) return [];
  const among = more ? ` among the first ${count(lookedAt)}` : "";
  const rule = "Texts and calls to them come only while it is day wherever they may be; e-mails keep the window.";
  const first = `${plural(people, "lead has", "leads have")} no known time zone${among}. ${rule}`;
  if (!held) return [first];
  const stays = `${plural(held, "of them is", "of them are")} held at texts and calls: no hour of the window is day everywhere.`;
  return [first, `${stays} Enter their time zone or address, or widen the window.`];
}

export function UnknownZones(props: UnknownZonesProps) {
  const lines = unknownZoneWords(props);
  if (!lines.length) return null;
  return (
    <section aria-label="Time zone unknown" className="mb-2 rounded-panel bg-warm-soft px-3.5 py-2.5 text-warm-ink">
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </section>
  );
}
