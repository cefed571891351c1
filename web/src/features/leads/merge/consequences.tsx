// What a merge does besides the fields: which campaigns end, who is not contacted any more, and what is put together.
import { Link } from "@tanstack/react-router";
import { CHANNEL_WORDS } from "@/shared/lib/labels";
import { Fact, Facts, Heading } from "@/shared/ui/section";
import type { MergePreview } from "./model";

const listed = new Intl.ListFormat("en", { type: "conjunction" });

/** Who opted out, by channel. */
function byChannel({ opted_out }: MergePreview): [MergePreview["opted_out"][number]["channel"], string[]][] {
  const channels = [...new Set(opted_out.map((o) => o.channel))];
  return channels.map((channel) => [
    channel,
    [...new Set(opted_out.filter((o) => o.channel === channel).map((o) => o.lead))],
  ]);
}

export function MergeNotice({ preview, names }: { preview: MergePreview; names: Record<string, string> }) {
  const named = (ids: string[]) => listed.format(ids.map((id) => names[id] ?? "a lead"));
  const silent = byChannel(preview);
  const { ends, do_not_contact: never, possible_opt_out: held } = preview;
  if (!ends.length && !silent.length && !never.length && !held.length) return null;
  return (
    <section aria-label="Check this" className="px-6 py-3 max-lg:px-4">
      <ul className="max-w-table space-y-1 rounded-panel border bg-warm-soft px-3.5 py-3 [overflow-wrap:anywhere]">
        {never.length ? (
          <li>
            Nobody contacts the merged lead: {named(never)} {never.length === 1 ? "is" : "are"} marked as do not
            contact.
          </li>
        ) : null}
        {held.length ? (
          <li>
            Nothing is sent to the merged lead until somebody says whether {named(held)}{" "}
            {held.length === 1 ? "has" : "have"} opted out.
          </li>
        ) : null}
        {silent.map(([channel, leads]) => (
          <li key={channel}>
            The merged lead is not contacted by {channel === "email" ? "e-mail" : CHANNEL_WORDS[channel]}:{" "}
            {named(leads)} opted out there.
          </li>
        ))}
        {ends.map((end) => (
          <li key={`${end.campaign}${end.lead}`}>
            <Link to="/campaigns/$id" params={{ id: end.campaign }} className="font-medium hover:underline">
              {end.name}
            </Link>{" "}
            ends for {named([end.lead])}. Undo does not start it again.
          </li>
        ))}
      </ul>
    </section>
  );
}

export function PutTogether({ united }: Pick<MergePreview, "united">) {
  if (!united.length) return null;
  return (
    <section aria-label="Combined" className="max-w-table px-6 py-2 max-lg:px-4">
      <Heading note="from all of them">Combined</Heading>
      <Facts>
        {united.map((field) => (
          <Fact key={field.field} label={field.label}>
            <span className="whitespace-pre-wrap">{field.value}</span>
          </Fact>
        ))}
      </Facts>
    </section>
  );
}
