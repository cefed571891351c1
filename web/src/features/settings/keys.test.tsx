import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
import { curlExample, rightsOf, SCOPE_GROUPS, scopeWords } from "./key-scopes";
import { KeysSection } from "./keys";

const key = (more: object = {}) => ({
  id: "key_1",
  name: "Website form",
  prefix: "lf_1a2b3c4d",
  state: "active",
  scopes: ["leads:read", "leads:write"],
  requests_per_minute: 120,
  created_by: "user_1",
  created_at: "2026-11-17T10:42:00Z",
  expires_at: null,
  revoked_at: null,
  last_used_at: null,
  ...more,
});
const SECRET = `lf_1a2b3c4d${"0".repeat(40)}`;
const open = (answers: Record<string, unknown>) =>
  renderPage(KeysSection, "/settings/keys", "/settings/keys", {
    "GET /api/keys": { items: [key()], total: 1 },
    "GET /api/team": { items: [{ id: "user_1", name: "Maya Okafor", role: "owner" }], total: 1 },
    ...answers,
  });

test("a key shows its beginning, what it may do, its last use and who created it", async () => {
  open({ "GET /api/keys": { items: [key(), key({ id: "key_2", name: "Old", state: "revoked" })], total: 2 } });
  const row = (await screen.findByText("Website form")).closest("tr");
  if (!row) throw new Error("a row");
  for (const text of ["lf_1a2b3c4d…", "Leads: read and write"]) expect(within(row).getByText(text)).toBeTruthy();
  expect(within(row).getAllByText("Never")).toHaveLength(2);
  expect(await within(row).findByText(/by Maya Okafor/)).toBeTruthy();
  expect(screen.getByText("Revoked")).toBeTruthy();
  expect(screen.queryByLabelText("Revoke Old")).toBeNull();
});

test("a key is created with the ticked scopes, and its secret is shown once with a command", async () => {
  const { sent } = open({
    "GET /api/keys": { items: [], total: 0 },
    "POST /api/keys": { ...key(), secret: SECRET },
  });
  expect(await screen.findByText("No API keys yet")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Create API key" }));
  fireEvent.click(await screen.findByRole("button", { name: "Create key" }));
  expect(await screen.findByText("Choose what the key may do.")).toBeTruthy();
  fireEvent.change(screen.getByLabelText("Name"), { target: { value: " Website form " } });
  fireEvent.click(screen.getByLabelText("Create, change, import and delete leads"));
  fireEvent.change(screen.getByLabelText("Expires after"), { target: { value: "30" } });
  fireEvent.click(screen.getByRole("button", { name: "Create key" }));
  expect(((await screen.findByLabelText("API key")) as HTMLInputElement).value).toBe(SECRET);
  expect((screen.getByLabelText("Try it") as HTMLTextAreaElement).value).toContain(`Bearer ${SECRET}`);
  expect(sent.map((one) => one.body)).toEqual([
    { name: "Website form", scopes: ["leads:write"], expires_in_days: 30, requests_per_minute: 120 },
  ]);
  fireEvent.click(screen.getByRole("button", { name: "Done" }));
  await expect.poll(() => document.body.innerHTML.includes(SECRET)).toBe(false);
});

test("revoking is asked about, and a refusal is told there", async () => {
  const { sent } = open({
    "DELETE /api/keys/key_1": refusal(503, { code: "unavailable", detail: "The data cannot be reached right now." }),
  });
  fireEvent.click(await screen.findByLabelText("Revoke Website form"));
  expect(await screen.findByText(/are refused from their next request on/)).toBeTruthy();
  expect(sent).toEqual([]);
  fireEvent.click(screen.getByRole("button", { name: "Revoke key" }));
  expect(await screen.findByText(/cannot be reached right now/)).toBeTruthy();
});

test("scopes are told in words, and the command fits them", () => {
  expect(scopeWords(["reports:read", "leads:write", "leads:read"])).toBe("Leads: read and write, Reports: read");
  expect(curlExample("lf_x", ["reports:read"], "https://a.example")).toBe(
    'curl -H "Authorization: Bearer lf_x" https://a.example/api/dashboard/stats',
  );
  expect(curlExample("lf_x", ["leads:write"], "https://a.example")).toContain("https://a.example/api/leads");
  expect(scopeWords(["budget:spend", "fields:write"])).toBe("Fields: write, Budget: spend");
  const scopes = SCOPE_GROUPS.flatMap((group) => rightsOf(group).map(({ scope }) => scope));
  expect(new Set(scopes).size).toBe(16);
});

test("the page links to the document of the API", async () => {
  open({});
  const link = await screen.findByRole("link", { name: "All routes of the API (openapi.json)" });
  expect(link.getAttribute("href")).toBe("/openapi.json");
});
