// The simulated days as a calendar: how many messages each day has, of all accounts or of one.
import { useState } from "react";
import { cx } from "@/shared/lib/cx";
import { civilDay, count, plural } from "@/shared/lib/format";
import { CHANNEL_WORDS } from "@/shared/lib/labels";
import { ProgressBar } from "@/shared/ui/progress";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import type { SenderLoad } from "./simulation";

export interface CalendarDay {
  day: string;
  messages: number;
  /** Of all accounts that send that day; absent where one of them has no limit. */
  allowed?: number;
}

const DAY_MS = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10);
/** Monday is 0. */
const weekday = (day: string) => (new Date(day).getUTCDay() + 6) % 7;

/** Whole weeks from the first day with a message to the last. */
export function weeksOf(senders: Pick<SenderLoad, "days">[]): CalendarDay[][] {
  const days = new Map<string, CalendarDay>();
  for (const sender of senders) {
    for (const { day, messages, allowed } of sender.days) {
      const known = days.get(day);
      const limited = typeof allowed === "number" && (!known || known.allowed !== undefined);
      days.set(day, {
        day,
        messages: (known?.messages ?? 0) + messages,
        allowed: limited ? (known?.allowed ?? 0) + allowed : undefined,
      });
    }
  }
  const all = [...days.keys()].sort();
  const [first, last] = [all[0], all[all.length - 1]];
  if (!first || !last) return [];
  const from = Date.parse(first) - weekday(first) * DAY_MS;
  const weeks: CalendarDay[][] = [];
  for (let at = from; at <= Date.parse(last); at += 7 * DAY_MS) {
    weeks.push(
      Array.from({ length: 7 }, (_, i) => iso(at + i * DAY_MS)).map((day) => days.get(day) ?? { day, messages: 0 }),
    );
  }
  return weeks;
}

const keyOf = (s: SenderLoad) => s.connection_id ?? s.channel;
const nameOf = (s: SenderLoad) => s.name ?? `No ${CHANNEL_WORDS[s.channel] ?? s.channel} account that works`;

export function SimulationCalendar({ senders }: { senders: SenderLoad[] }) {
  const [of, setOf] = useState("");
  const shown = of ? senders.filter((s) => keyOf(s) === of) : senders;
  const weeks = weeksOf(shown);
  if (weeks.length === 0) return null;
  const most = Math.max(...weeks.flat().map((d) => d.messages), 1);
  const names = weeks[0]?.map((d) => civilDay(d.day, { weekday: "short" })) ?? [];
  return (
    <section aria-label="Calendar" className="px-6 pb-3 max-lg:px-4">
      <Heading
        note="messages a day, by each account's clock"
        aside={
          senders.length > 1 ? (
            <Select
              aria-label="Account"
              bare
              value={of}
              options={[
                { value: "", label: "All accounts" },
                ...senders.map((s) => ({ value: keyOf(s), label: nameOf(s) })),
              ]}
              onValue={setOf}
              className="w-[200px] max-sm:w-[150px]"
            />
          ) : undefined
        }
      >
        Calendar
      </Heading>
      <table className="w-full max-w-[1100px] table-fixed border-collapse">
        <caption className="sr-only">Messages a day</caption>
        <thead>
          <tr className="h-7 text-left text-ink-2">
            {names.map((name) => (
              <th key={name} scope="col" className="px-2 font-normal max-sm:px-1">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]?.day}>
              {week.map((d) => (
                <Day key={d.day} day={d} most={most} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Day({ day: d, most }: { day: CalendarDay; most: number }) {
  const begins = d.day.endsWith("-01");
  const label = civilDay(d.day, begins ? { day: "numeric", month: "short" } : { day: "numeric" });
  const full = d.allowed !== undefined && d.allowed > 0 && d.messages >= d.allowed;
  return (
    <td className={cx("h-[52px] border px-2 py-1 align-top max-sm:px-1", d.messages === 0 && "bg-canvas")}>
      <span className={cx("block text-meta text-ink-2", begins && "font-medium")}>{label}</span>
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
    </td>
  );
}
