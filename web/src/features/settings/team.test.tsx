import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
// Loaded with the first toast: not in a test's time.
import "@/shared/ui/toast-list";
import { TeamSection } from "./team";

const member = (id: string, name: string, more: object) => ({
  id,
  name,
  email: `${id}@example.test`,
  role: "rep",
  disabled: false,
  ai_off: false,
  created_at: "2026-11-01T09:00:00Z",
  ...more,
});

const open = (role?: "rep") =>
  renderPage(
    TeamSection,
    "/settings/team",
    "/settings/team",
    {
      "GET /api/team": {
        items: [
          member("user_1", "Maya", { role: "owner" }),
          member("user_2", "Rob", {}),
          member("user_3", "Eve", { ai_off: true }),
        ],
      },
      "GET /api/settings": {
        default_zone: "Europe/London",
        sending: { state: "running" },
        lead_access: { reps_see: "all_leads", teams: [{ name: "North", members: ["user_2"] }] },
      },
      "PATCH /api/team/user_2": member("user_2", "Rob", { ai_off: true }),
    },
    role,
  );

test("AI is switched off for one member, and that can be undone", async () => {
  const { sent } = open();
  fireEvent.click(await screen.findByRole("button", { name: "Switch AI off for Rob" }));
  fireEvent.click(await screen.findByRole("button", { name: "Undo" }));
  await expect
    .poll(() => sent.filter(({ method }) => method === "PATCH").map(({ body }) => body))
    .toEqual([{ ai_off: true }, { ai_off: false }]);
  screen.getByRole("button", { name: "Switch AI on for Eve" });
  screen.getByText("AI off", { selector: "span" });
});

test("members who are no admins see whose AI is off, and have no buttons", async () => {
  open("rep");
  await screen.findByText("AI off");
  expect(screen.queryByRole("button", { name: /Switch AI/ })).toBeNull();
});

test("an admin chooses what reps see, and adds a team of members who are in no other", async () => {
  const { sent } = open();
  fireEvent.change(await screen.findByLabelText("Reps see"), { target: { value: "own_leads" } });
  fireEvent.click(screen.getByRole("button", { name: "Add a team" }));
  fireEvent.change(await screen.findByLabelText("Name"), { target: { value: " South " } });
  expect((screen.getByRole("checkbox", { name: "Rob" }) as HTMLInputElement).disabled).toBe(true);
  screen.getByText("in North");
  fireEvent.click(screen.getByRole("checkbox", { name: "Eve" }));
  fireEvent.click(screen.getByRole("button", { name: "Add team" }));
  await expect
    .poll(() => sent.filter(({ method }) => method === "PATCH").map(({ body }) => body))
    .toEqual([
      { lead_access: { reps_see: "own_leads" } },
      {
        lead_access: {
          teams: [
            { name: "North", members: ["user_2"] },
            { name: "South", members: ["user_3"] },
          ],
        },
      },
    ]);
});

test("members who are no admins read what reps see and who is in which team, and change nothing", async () => {
  open("rep");
  await screen.findByText("Everyone sees all leads.");
  screen.getByText("North");
  expect(screen.queryByLabelText("Reps see")).toBeNull();
  expect(screen.queryByRole("button", { name: /team|North/ })).toBeNull();
});
