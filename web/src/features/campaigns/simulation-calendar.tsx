// The simulated days as a calendar: how many messages each day has, for all accounts, one channel, or one account.
import { useState } from "react";
import { cx } from "@/shared/lib/cx";
import { civilDay, count, plural } from "@/shared/lib/format";
import { CHANNEL_WORDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { ProgressBar } from "@/shared/ui/progress";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { senderName } from "./sender-load";
import { type CalendarDay, weeksOf } from "./simulated-days";
import type { SenderLoad } from "./simulation";

/** So many weeks are shown until the user asks for all. */
const AT_FIRST = 8;

const keyOf = (s: SenderLoad) => s.account_id ?? s.channel;

/** The choices: all accounts, each channel if there are several, and each account. */
function choicesOf(senders: SenderLoad[]): { value: string; label: string; senders: SenderLoad[] }[] {
  const channels = [...new Set(senders.map((s) => s.channel))];
  return [
    { value: "", label: "All accounts", senders },
    ...channels
      .map((channel) => ({
        value: `all ${channel}`,
        label: `All ${CHANNEL_WORDS[channel]} accounts`,
        senders: senders.filter((s) => s.channel === channel),
      }))
      .filter((choice) => channels.length > 1 && choice.senders.length > 1),
    ...senders.map((s) => ({ value: keyOf(s), label: senderName(s), senders: [s] })),
  ];
}

export function SimulationCalendar({ senders }: { senders: SenderLoad[] }) {
  const [of, setOf] = useState("");
  const [all, setAll] = useState(false);
  const choices = choicesOf(senders);
  const weeks = weeksOf((choices.find((c) => c.value === of) ?? choices[0])?.senders ?? []);
  if (weeks.length === 0) return null;
  const first = weeks[0]?.[0]?.day;
  const most = Math.max(...weeks.flat().map((d) => d.messages), 1);
  const names = weeks[0]?.map((d) => civilDay(d.day, { weekday: "short" })) ?? [];
  const long = weeks.length > AT_FIRST;
  return (
    <section aria-label="Calendar" className="px-6 pb-3 max-lg:px-4">
      <Heading
        note="messages per day, in each account's time zone"
        aside={
          senders.length > 1 ? (
            <Select
              aria-label="Account"
              bare
              value={of}
              options={choices}
              onValue={setOf}
              className="w-50 max-sm:w-37.5"
            />
          ) : undefined
        }
      >
        Calendar
      </Heading>
      <Table
        edge="none"
        className="max-w-275 table-fixed border-collapse"
        caption="Messages per day"
        head={names.map((name) => (
          <Th key={name} scope="col" className="px-2 max-sm:px-1">
            {name}
          </Th>
        ))}
      >
        {(all ? weeks : weeks.slice(0, AT_FIRST)).map((week) => (
          <Row key={week[0]?.day} size="auto" line={false}>
            {week.map((d) => (
              <Day key={d.day} day={d} most={most} named={d.day === first || d.day.endsWith("-01")} />
            ))}
          </Row>
        ))}
      </Table>
      {long ? (
        <Button className="mt-2" kind="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? `Show the first ${AT_FIRST} weeks` : `Show all ${count(weeks.length)} weeks`}
        </Button>
      ) : null}
    </section>
  );
}

/** `named`: the day with its month and year. */
function Day({ day: d, most, named }: { day: CalendarDay; most: number; named: boolean }) {
  const label = civilDay(d.day, named ? { day: "numeric", month: "short", year: "numeric" } : { day: "numeric" });
  const full = d.allowed !== undefined && d.allowed > 0 && d.messages >= d.allowed;
  return (
    <Td className={cx("h-row-bar border px-2 py-1 align-top max-sm:px-1", d.messages === 0 && "bg-canvas")}>
      <span className={cx("block text-meta text-ink-2", named && "font-medium")}>{label}</span>
      {d.messages ? (
        <>
          <span className="block">
            <span className="font-medium">{count(d.messages)}</span>
            {d.allowed === undefined ? null : (
              <span className="text-meta text-ink-2 max-sm:hidden"> of {count(d.allowed)}</span>
            )}
          </span>
          <ProgressBar
            parts={[{ value: d.messages, className: full ? "bg-c1" : "bg-c3" }]}
            total={d.allowed || most}
            label={`${civilDay(d.day)}: ${plural(d.messages, "message")}${d.allowed === undefined ? "" : ` of ${count(d.allowed)}`}`}
          />
        </>
      ) : null}
    </Td>
  );
}
