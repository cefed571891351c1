import { useQuery } from "@tanstack/react-query";
import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
import { CapsForm } from "./caps-form";
import { DaysOffSection } from "./days-off";
import { type DayOff, type SettingsView, settingsQuery } from "./queries";

const settings = (days_off: DayOff[], rev: number, caps: Partial<SettingsView["caps"]> = {}) => ({
  days_off,
  rev,
  caps: { domain_per_day: 50, hours_apart: null, one_campaign: true, ...caps },
});
const eve = { date: "2026-12-24", name: "Eve", yearly: true };
const fair = { date: "2026-11-30", name: "Fair", yearly: false };
const move = { date: "2026-12-01", name: "Move", yearly: false };

test("bringing a day back leaves what was changed since as it is", async () => {
  const answers: Record<string, unknown> = {
    "GET /api/settings": settings([fair, eve], 4),
    "PATCH /api/settings": settings([fair], 5),
  };
  const { sent, cache } = renderPage(DaysOffSection, "/days", "/days", answers);
  fireEvent.click(await screen.findByLabelText("Remove Eve"));
  const undo = await screen.findByText("Undo");
  answers["GET /api/settings"] = settings([fair, move], 8);
  await cache.invalidateQueries();
  await screen.findByText("Move");
  fireEvent.click(undo);
  await expect
    .poll(() => sent.filter((s) => s.method === "PATCH").map((s) => s.body))
    .toEqual([
      { days_off: [fair], rev: 4 },
      { days_off: [fair, move, eve], rev: 8 },
    ]);
});

test("while a day is removed no other can be: it would be refused", async () => {
  const never = new Promise(() => undefined);
  renderPage(DaysOffSection, "/days", "/days", {
    "GET /api/settings": settings([fair, eve], 4),
    "PATCH /api/settings": never,
  });
  fireEvent.click(await screen.findByLabelText("Remove Eve"));
  await expect.poll(() => (screen.getByLabelText("Remove Fair") as HTMLButtonElement).disabled).toBe(true);
});

test("caps are saved on the revision that was seen, and theirs are shown when somebody changed them meanwhile", async () => {
  const answers: Record<string, unknown> = {
    "GET /api/settings": settings([], 4),
    "PATCH /api/settings": refusal(409, { code: "changed_meanwhile", detail: "Look again." }),
  };
  const { sent, cache } = renderPage(CapsPage, "/caps", "/caps", answers);
  const field = await screen.findByLabelText("E-mails per day to one recipient domain");
  fireEvent.change(field, { target: { value: "20" } });
  answers["GET /api/settings"] = settings([eve], 5);
  await cache.invalidateQueries();
  expect(screen.queryByText("Someone else changed this.")).toBeNull();
  answers["GET /api/settings"] = settings([eve], 6, { domain_per_day: 90 });
  await cache.invalidateQueries();
  await screen.findByText("Someone else changed this.");
  fireEvent.click(screen.getByText("Save limits"));
  await expect.poll(() => sent.find((s) => s.method === "PATCH")?.body.rev).toBe(4);
  await expect.poll(() => screen.getByText("Save limits").getAttribute("aria-busy")).toBeNull();
  // The panel shows the message, so no toast does.
  expect(screen.getAllByRole("alert").map((a) => a.textContent?.includes("Someone else changed this."))).toEqual([
    true,
  ]);
});

function CapsPage() {
  const query = useQuery(settingsQuery);
  return query.data ? <CapsForm settings={query.data} /> : null;
}
