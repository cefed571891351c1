// The load that a simulation puts on one account: a bar for each day, or each week of a long time, and the numbers as a
// table.
import { Bars } from "@/shared/charts/bars";
import { Drawn } from "@/shared/charts/drawn";
import { civilDay, count, plural } from "@/shared/lib/format";
import { CHANNEL_WORDS } from "@/shared/lib/labels";
import { Heading } from "@/shared/ui/section";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { spansOf } from "./simulated-days";
import type { SenderLoad } from "./simulation";

const short = (day: string) => civilDay(day, { day: "numeric", month: "short" });

export const senderName = (s: Pick<SenderLoad, "name" | "channel">) =>
  s.name ?? `No working ${s.channel === "email" ? "mailbox" : `${CHANNEL_WORDS[s.channel]} number`}`;

/** `accounts`: the number of the channel's accounts. */
export function Load({ sender: s, accounts }: { sender: SenderLoad; accounts: number }) {
  const name = senderName(s);
  const { unit, spans } = spansOf(s.days);
  const most = Math.max(0, ...s.days.map((day) => day.messages));
  const allowed = Math.max(0, ...s.days.map((day) => day.allowed ?? 0));
  const all = s.days.reduce((sum, day) => sum + day.messages, 0);
  const [first, last] = [s.days[0]?.day, s.days.at(-1)?.day];
  const label = `Messages per ${unit}, ${name}`;
  const said =
    first && last
      ? `${civilDay(first)} to ${civilDay(last)}, at most ${count(Math.max(...spans.map((span) => span.messages)))}, ${count(all)} in total`
      : "none";
  return (
    <section aria-label={name} className="relative min-w-0">
      <Heading note={`${CHANNEL_WORDS[s.channel]} ${unit === "week" ? "per week" : "per day"}, ${s.zone}`}>
        {name}
      </Heading>
      <Drawn wide={520}>
        {(width) => (
          <Bars
            data={spans.map((span) => ({ key: span.day, label: short(span.day), value: span.messages }))}
            label={label}
            said={said}
            width={width}
            height={140}
          />
        )}
      </Drawn>
      <Table edge="none" className="sr-only" caption={label}>
        {spans
          .filter((span) => span.messages > 0)
          .map((span) => (
            <Row key={span.day}>
              <Th scope="row">{unit === "week" ? `Week from ${civilDay(span.day)}` : civilDay(span.day)}</Th>
              <Td>{count(span.messages)}</Td>
            </Row>
          ))}
      </Table>
      <p className="text-meta text-ink-2">
        {plural(all, "message")} in total.{" "}
        {allowed ? `At most ${count(most)} of ${count(allowed)} per day. ` : "No limits. "}
        {s.accounts_needed > Math.max(1, accounts)
          ? `Sending without delay would take ${plural(s.accounts_needed, "such account")}; you have ${count(accounts)}. The peak would be ${count(s.without_limits)} on one day.`
          : ""}
      </p>
    </section>
  );
}
