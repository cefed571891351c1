import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
// Loaded with the first toast: not in a test's time.
import "@/shared/ui/toast-list";
import "./hand-over-dialog";
import { TeamSection } from "./team";

const member = (id: string, name: string, role = "rep") => ({
  id,
  name,
  email: `${id}@example.test`,
  role,
  disabled: false,
  ai_off: false,
  created_at: "2026-11-01T09:00:00Z",
});

const LEADS = { items: [{ id: "lead_1" }, { id: "lead_2" }, { id: "lead_3" }], next_cursor: null, total: 3 };

const open = (bulk: unknown, role?: "manager" | "rep", keys: unknown[] | Response = []) =>
  renderPage(
    TeamSection,
    "/settings/team",
    "/settings/team",
    {
      "GET /api/team": {
        items: [
          member("user_1", "Maya", "owner"),
          member("user_2", "Rob"),
          member("user_3", "Eve"),
          member("user_4", "Ida", "read_only"),
          member("user_5", "Ben", "admin"),
        ],
      },
      "GET /api/settings": {
        default_zone: "Europe/London",
        sending: { state: "running" },
        lead_access: { reps_see: "all_leads", teams: [] },
      },
      "GET /api/leads": LEADS,
      "GET /api/keys": keys instanceof Response ? keys : { items: keys, total: keys.length },
      "POST /api/leads/bulk": bulk,
      "PATCH /api/team/user_2": { ...member("user_2", "Rob"), disabled: true },
    },
    role,
  );

const bodies = (sent: { method: string; body: unknown }[], method = "POST") =>
  sent.filter((request) => request.method === method).map(({ body }) => body);

test("a manager shares a member's leads among others, and gives them back", async () => {
  const undo = [{ ids: ["lead_1"], action: { do: "assign", owner: "user_2" } }];
  const { sent } = open({ matched: 1, changed: 1, skipped: [], undo, seen: [] }, "manager");
  fireEvent.click(await screen.findByRole("button", { name: "Hand over the leads of Rob" }));
  await screen.findByText("Rob owns 3 leads.");
  fireEvent.change(screen.getByLabelText("Give them to"), { target: { value: "share" } });
  fireEvent.click(screen.getByRole("button", { name: "Hand over 3 leads" }));
  await screen.findByText("Choose members.");
  expect(screen.queryByRole("checkbox", { name: "Ida" }), "she may not change leads").toBeNull();
  fireEvent.click(screen.getByRole("checkbox", { name: "Maya" }));
  fireEvent.click(screen.getByRole("checkbox", { name: "Eve" }));
  fireEvent.click(screen.getByRole("button", { name: "Hand over 3 leads" }));
  await screen.findByText("Handed over 2 leads of Rob");
  expect(bodies(sent)).toEqual([
    { ids: ["lead_1", "lead_3"], action: { do: "assign", owner: "user_1", from: "user_2" } },
    { ids: ["lead_2"], action: { do: "assign", owner: "user_3", from: "user_2" } },
  ]);
  fireEvent.click(screen.getByRole("button", { name: "Undo" }));
  await expect.poll(() => bodies(sent).slice(2)).toEqual([...undo, ...undo]);
});

test("rules that choose nobody are said in the dialog, which stays open", async () => {
  const detail = "No routing rule chooses an owner. Set the rules, or choose users.";
  const { sent } = open(
    refusal(409, { type: "about:blank", title: "Conflict", status: 409, code: "no_routing", detail }),
  );
  fireEvent.click(await screen.findByRole("button", { name: "Hand over the leads of Rob" }));
  fireEvent.change(screen.getByLabelText("Give them to"), { target: { value: "route" } });
  fireEvent.click(await screen.findByRole("button", { name: "Hand over 3 leads" }));
  await screen.findByText(detail);
  expect(bodies(sent)).toEqual([{ ids: ["lead_1", "lead_2", "lead_3"], action: { do: "route", from: "user_2" } }]);
});

test("deactivating a member with leads says so, and offers to hand them over", async () => {
  const { sent } = open({});
  const deactivate = async () =>
    fireEvent.click((await screen.findAllByRole("button", { name: "Deactivate" }))[0] as HTMLElement);
  await deactivate();
  await screen.findByText(/^Rob owns 3 leads\. They stay with Rob/);
  fireEvent.click(screen.getByRole("button", { name: "Hand over leads" }));
  await screen.findByRole("dialog", { name: "Hand over the leads of Rob" });
  fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
  await deactivate();
  const dialog = await screen.findByRole("dialog", { name: "Deactivate Rob" });
  await screen.findByText(/^Rob owns 3 leads/);
  fireEvent.click([...dialog.querySelectorAll("button")].find((b) => b.textContent === "Deactivate") as HTMLElement);
  await expect.poll(() => bodies(sent, "PATCH")).toEqual([{ disabled: true }]);
});

const key = (name: string, created_by: string, state = "active") => ({ id: `key_${name}`, name, created_by, state });

test.each([
  ["stop working", false, [{ disabled: true }]],
  ["go on as the admin's where the admin says so", true, [{ disabled: true, keep_keys: true }]],
])("the API keys of a member who is deactivated %s", async (_, keeps, expected) => {
  const keys = [key("Nightly", "user_2"), key("Old", "user_2", "revoked"), key("Form", "user_1")];
  const { sent } = open({}, undefined, keys);
  fireEvent.click((await screen.findAllByRole("button", { name: "Deactivate" }))[0] as HTMLElement);
  await screen.findByText(/^Rob created 1 API key, and may know it: Nightly\. Programs that use it stop working\./);
  if (keeps) fireEvent.click(screen.getByRole("checkbox", { name: "Keep it as mine" }));
  const dialog = screen.getByRole("dialog", { name: "Deactivate Rob" });
  fireEvent.click([...dialog.querySelectorAll("button")].find((b) => b.textContent === "Deactivate") as HTMLElement);
  await expect.poll(() => bodies(sent, "PATCH")).toEqual(expected);
});

test("a member whose API keys cannot be loaded is deactivated by an admin who knows that keys may stop", async () => {
  const { sent } = open({}, undefined, refusal(503, { status: 503, code: "unavailable", detail: "Later." }));
  fireEvent.click((await screen.findAllByRole("button", { name: "Deactivate" }))[0] as HTMLElement);
  await screen.findByText("The API keys did not load");
  await screen.findByText("If Rob created any, programs that use them stop working.");
  const dialog = screen.getByRole("dialog", { name: "Deactivate Rob" });
  fireEvent.click([...dialog.querySelectorAll("button")].find((b) => b.textContent === "Deactivate") as HTMLElement);
  await expect.poll(() => bodies(sent, "PATCH")).toEqual([{ disabled: true }]);
});

test("an admin is demoted after a question that says what ends", async () => {
  const { sent } = open({}, undefined, [key("Nightly", "user_5")]);
  fireEvent.change(await screen.findByLabelText("Role of Ben"), { target: { value: "rep" } });
  await screen.findByText("Ben becomes Rep. Invitations and password links that they sent end.");
  await screen.findByText(/^Ben created 1 API key/);
  expect(bodies(sent, "PATCH")).toEqual([]);
  fireEvent.click(screen.getByRole("checkbox", { name: "Keep it as mine" }));
  fireEvent.click(screen.getByRole("button", { name: "Change role" }));
  await expect.poll(() => bodies(sent, "PATCH")).toEqual([{ role: "rep", keep_keys: true }]);
});

test("a rep hands nothing over for others", async () => {
  open({}, "rep");
  await screen.findByText("user_2@example.test");
  expect(screen.queryByRole("button", { name: /Hand over/ })).toBeNull();
});
