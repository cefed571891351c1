import { expect, test } from "vitest";
import {
  ago,
  day,
  duration,
  happened,
  initials,
  percent,
  phone,
  plural,
  share,
  sinceUntil,
  when,
  whenIn,
  words,
  yourTime,
} from "./format";
import { money, moneyList, price } from "./money";

const now = "2026-11-17T10:42:00Z";
const utc = "UTC";

test("money shows minor units only when there are any", () => {
  expect(money({ amount_minor: 7900, currency: "GBP" })).toMatch(/^£79$/);
  expect(money({ amount_minor: 7950, currency: "GBP" })).toMatch(/^£79\.50$/);
  expect(money({ amount_minor: 500, currency: "JPY" })).toContain("500");
  expect(money({ amount_minor: 4905, currency: "KWD" })).toContain("4.905");
  expect(money({ amount_minor: 490050, currency: "MGA" })).toContain("4,900.50");
  expect(money({ amount_minor: 1000, currency: "ISK" })).toContain("1,000");
});

test("amounts in different currencies stand beside each other", () => {
  const both = [
    { amount_minor: 7900, currency: "GBP" },
    { amount_minor: 500, currency: "JPY" },
  ];
  expect(moneyList(both)).toMatch(/^£79 \+ .*500$/);
  expect(moneyList([])).toBe("–");
});

test("a price keeps what is less than a cent", () => {
  expect(price(7_900, "GBP")).toBe("£0.0079");
  expect(price(12_500_000, "GBP")).toBe("£12.50");
});

test("percent has its base, and is left out under five cases", () => {
  expect(share(31, 592)).toBe("31 of 592, 5.2%");
  expect(share(4, 110)).toBe("4 of 110");
  expect(percent(10, 0)).toBeUndefined();
});

test("days are named when near", () => {
  expect(day("2026-11-17T23:00:00Z", now, utc)).toBe("Today");
  expect(day("2026-11-16T01:00:00Z", now, utc)).toBe("Yesterday");
  expect(day("2026-11-18T01:00:00Z", now, utc)).toBe("Tomorrow");
  expect(day("2026-11-23T09:00:00Z", now, utc)).toMatch(/Mon/);
  expect(day("2024-01-03T09:00:00Z", now, utc)).toMatch(/2024/);
  expect(when("2026-11-17T11:00:00Z", now, utc)).toBe("today 11:00");
});

test("times since grow coarser", () => {
  expect(ago("2026-11-17T10:41:40Z", now)).toBe("now");
  expect(ago("2026-11-17T09:58:00Z", now)).toBe("44 min");
  expect(happened("2026-11-17T09:58:00Z", now)).toBe("44 min ago");
  expect(happened("2026-11-17T08:00:00Z", now)).toMatch(/^\d\d:\d\d$/);
});

test("durations, counts, names and codes read as words", () => {
  expect(duration(273_000)).toBe("4 min 33 s");
  expect(duration(8_000_000)).toBe("2 h 13 min");
  expect(plural(1, "row")).toBe("1 row");
  expect(plural(1040, "row")).toBe("1,040 rows");
  expect(initials("Maya Okafor")).toBe("MO");
  expect(initials("maya@northquay.example")).toBe("ME");
  expect(words("out_of_office")).toBe("Out of office");
});

test("a phone number is read in groups; what is none stays as it is", () => {
  expect(phone("+441174960142")).toBe("+44 117 496 0142");
  expect(phone("+16175550110")).toBe("+1 617 555 0110");
  expect(phone("+353871234567")).toBe("+353 871 234 567");
  expect(phone("790.683.8637x94026")).toBe("790.683.8637x94026");
});

test("a time names its zone where the reader's clock says something else", () => {
  const at = "2026-11-17T22:12:00Z";
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // No reader's time zone agrees with both.
  const [far, said] =
    when(at, now, "Pacific/Auckland") === when(at, now) ? ["UTC", "22:12"] : ["Pacific/Auckland", "11:12"];
  expect(whenIn(own, at, now)).toBe(when(at, now));
  expect(whenIn(undefined, at, now)).toBe(when(at, now));
  expect(whenIn(far, at, now)).toMatch(new RegExp(`${said} \\(${far}\\)$`));
  expect(yourTime(at, own, now)).toBe(when(at, now));
  expect(yourTime(at, far, now)).toBe(`${when(at, now)} your time`);
  expect(sinceUntil(now, at, far, now)).toBe(`since ${when(now, now, far)}, until ${when(at, now, far)} (${far})`);
  expect(sinceUntil(now, at, own, now)).toBe(`since ${when(now, now)}, until ${when(at, now)}`);
  expect(sinceUntil(now, null, far, now)).toBe(`since ${when(now, now)}`);
});
