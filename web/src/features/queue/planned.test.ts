import { expect, test } from "vitest";
import { columnsOf } from "./planned";

const ahead = (...days: string[]) => ({ ahead: days.map((day) => ({ day, allowed: 40, expected: 0 })) });

test("every account's days have a column, and today is one only where it is everybody's", () => {
  const london = ahead("2026-11-17", "2026-11-18");
  expect(columnsOf([london, ahead(), london])).toEqual({ days: ["2026-11-17", "2026-11-18"], today: "2026-11-17" });
  expect(columnsOf([london, ahead("2026-11-18", "2026-11-19")])).toEqual({
    days: ["2026-11-17", "2026-11-18", "2026-11-19"],
    today: undefined,
  });
});
