import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { SenderLoad } from "./simulation";
import { SimulationCalendar } from "./simulation-calendar";

const sender = (id: string, channel: "email" | "sms", days: [string, number, number?][]): SenderLoad => ({
  channel,
  account_id: id,
  name: id,
  zone: "Europe/London",
  days: days.map(([day, messages, allowed]) => ({ day, messages, allowed })),
  without_limits: 1,
  accounts_needed: 1,
});
const cells = () => screen.getAllByRole("cell").map((cell) => cell.textContent ?? "");

test("the first cell and each month's first name month and year", () => {
  render(
    <SimulationCalendar
      senders={[
        sender("maya", "email", [
          ["2026-12-30", 4, 40],
          ["2027-01-06", 2, 40],
        ]),
      ]}
    />,
  );
  const [first, second, , , newYear] = cells();
  expect(first).toMatch(/28 Dec 2026|Dec 28,? 2026/);
  expect(second).toBe("29");
  expect(newYear).toMatch(/1 Jan 2027|Jan 1,? 2027/);
});

test("beyond eight weeks the rest is shown when it is asked for", () => {
  render(
    <SimulationCalendar
      senders={[
        sender("maya", "email", [
          ["2027-01-04", 4],
          ["2027-04-04", 2],
        ]),
      ]}
    />,
  );
  expect(cells().length).toBe(8 * 7);
  fireEvent.click(screen.getByRole("button", { name: "Show all 13 weeks" }));
  expect(cells().length).toBe(13 * 7);
  fireEvent.click(screen.getByRole("button", { name: "Show the first 8 weeks" }));
  expect(cells().length).toBe(8 * 7);
});

test("of several channels each has its own limits, and all together have none", () => {
  const mails = [sender("maya", "email", [["2027-01-04", 4, 40]]), sender("ben", "email", [["2027-01-05", 2, 10]])];
  render(<SimulationCalendar senders={[...mails, sender("texts", "sms", [["2027-01-04", 3, 100]])]} />);
  expect(cells()[0]).toMatch(/7$/);
  fireEvent.change(screen.getByLabelText("Account"), { target: { value: "all email" } });
  expect(cells()[0]).toMatch(/4 of 50$/);
  expect(cells()[1]).toMatch(/2 of 50$/);
  fireEvent.change(screen.getByLabelText("Account"), { target: { value: "texts" } });
  expect(cells()[0]).toMatch(/3 of 100$/);
});
