// The permissions of each role: without one there is no button, and where a field stays, the page says who can change
// it.
import { expect, type Page, test } from "@playwright/test";
import { SESSION } from "./answers";
import { openApp } from "./app";

const as = (page: Page, role: string, path: string) => {
  const session = { ...SESSION, user: { ...SESSION.user, role } };
  const override = { "POST /api/auth/refresh": session, "GET /api/auth/me": session };
  return openApp(page, path, { override });
};

/** The buttons by page, with the role from which on each is shown. */
const OFFERED: [path: string, buttons: [name: string, from: "read_only" | "rep" | "owner"][]][] = [
  [
    "/campaigns/campaign_1",
    [
      ["Add leads", "rep"],
      ["Pause", "rep"],
      ["More", "read_only"],
      ["Change senders", "rep"],
      ["Stop all", "rep"],
    ],
  ],
  [
    "/queue",
    [
      ["Cancel the rest of We moved to Harbour Street", "rep"],
      ["Retry 2", "owner"],
    ],
  ],
  [
    "/settings/mailboxes/account_1",
    [
      ["Pause", "rep"],
      ["Pause until", "rep"],
      ["Switch off", "owner"],
      ["Change", "owner"],
    ],
  ],
  [
    "/sequences/sequence_1",
    [
      ["Clone", "rep"],
      ["Save version 8", "rep"],
      ["Add step", "rep"],
      ["Archive", "owner"],
    ],
  ],
  [
    "/leads/lead_0",
    [
      ["E-mail", "rep"],
      ["Enrol", "rep"],
      ["Pause", "rep"],
      ["Remove from campaigns", "rep"],
      ["Message Elena", "rep"],
      ["Company: Linden Physio, edit", "rep"],
    ],
  ],
  ["/leads", [["New lead", "rep"]]],
  [
    "/templates?id=template_1",
    [
      ["New template", "rep"],
      ["Delete", "rep"],
      ["Save template", "rep"],
      ["Send a test of Your booking page is ready", "rep"],
    ],
  ],
  ["/import", [["Choose file", "rep"]]],
  ["/import/import_2", [["Check 1,040 rows", "rep"]]],
  [
    "/import/import_3",
    [
      ["Back to columns", "rep"],
      ["Import 1,029 leads", "rep"],
    ],
  ],
  ["/inbox?lead=lead_2", [["Send", "rep"]]],
];
const ROLES = ["read_only", "rep", "owner"];

for (const [path, buttons] of OFFERED) {
  for (const role of ROLES) {
    test(`${path}, as ${role}`, async ({ page }) => {
      const { errors } = await as(page, role, path);
      for (const [name, from] of buttons) {
        const offered = ROLES.indexOf(role) >= ROLES.indexOf(from);
        await expect(page.getByRole("button", { name, exact: true }), name).toHaveCount(offered ? 1 : 0);
      }
      expect(errors).toEqual([]);
    });
  }
}

test("a manager reads the queue page, and nothing is asked that the role may not", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (r) => asked.push(new URL(r.url()).pathname));
  const { errors } = await as(page, "manager", "/queue");
  await expect(page.getByRole("region", { name: "Planned sends" }).first()).toBeVisible();
  await expect(page.getByText("did not load")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Background jobs" })).toHaveCount(0);
  expect(asked.filter((path) => path.startsWith("/api/ops/"))).toEqual([]);
  expect(errors).toEqual([]);
});

test("who may only read opens a step and why, and finds no move there", async ({ page }) => {
  await as(page, "read_only", "/sequences/sequence_1");
  await expect(page.getByText("Ask a rep to change this.")).toBeVisible();
  await page
    .getByRole("button", { name: /^E-mail/ })
    .first()
    .click();
  for (const field of ["Name", "Kind of step 1", "Delay of step 1"])
    await expect(page.getByLabel(field, { exact: true })).toBeDisabled();

  await page.getByRole("link", { name: "Campaigns" }).click();
  await page.getByRole("link", { name: "Clinics, autumn" }).first().click();
  await expect(
    page.getByRole("switch", { name: /^Only verified addresses.*Ask a rep to change this\.$/ }),
  ).toBeDisabled();
  await page.getByRole("button", { name: "Why, for Elena Marsh" }).click();
  const drawer = page.getByRole("dialog", { name: "What happens next, and why?" });
  await expect(drawer.getByText("Reason")).toBeVisible();
  await expect(drawer.getByRole("button")).toHaveText([""]);
});

test("keys that write are not theirs either", async ({ page }) => {
  await as(page, "read_only", "/leads/lead_0#write");
  for (const key of ["m", "n", "q", "d"]) await page.keyboard.press(key);
  await expect(page.getByRole("textbox")).toHaveCount(0);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("w");
  await expect(page.getByRole("dialog", { name: "What happens next, and why?" })).toBeVisible();
});

test("a list of leads is read: nobody is ticked, moved or changed", async ({ page }) => {
  const { errors } = await as(page, "read_only", "/leads");
  await expect(page.getByRole("link", { name: "Elena Marsh", exact: true })).toBeVisible();
  for (const role of ["checkbox", "combobox"] as const)
    await expect(page.getByRole("grid").getByRole(role)).toHaveCount(0);
  for (const key of ["n", "q", "Control+a"]) await page.keyboard.press(key);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByText("selected")).toHaveCount(0);
  expect(errors).toEqual([]);
});

test("who may only read reads templates and imports", async ({ page }) => {
  const { errors } = await as(page, "read_only", "/templates?id=template_1");
  await expect(page.getByText("Ask a rep to change this.")).toBeVisible();
  for (const field of ["Name", "Subject", "Text"])
    await expect(page.getByLabel(field, { exact: true }).first()).toBeDisabled();
  await expect(page.getByRole("button", { name: "Your booking page is ready is a favourite" })).toBeDisabled();
  await page.keyboard.press("n");
  await expect(page.getByRole("region", { name: "New template" })).toHaveCount(0);

  await page.getByRole("link", { name: "Import", exact: true }).click();
  await expect(page.getByText("Ask a rep to import files.")).toBeVisible();
  await expect(page.getByRole("region", { name: "Earlier imports" }).getByRole("link")).toHaveCount(2);
  await page.getByRole("region", { name: "Earlier imports" }).getByRole("link").nth(1).click();
  await expect(page.getByText("Ask a rep to change this.")).toBeVisible();
  await expect(page.getByLabel("mail maps to", { exact: true })).toBeDisabled();
  expect(errors).toEqual([]);
});

for (const section of ["company", "days-off", "mailboxes", "numbers", "providers", "writing", "team", "sending"]) {
  for (const role of ["read_only", "owner"]) {
    test(`/settings/${section}, as ${role}`, async ({ page }) => {
      const { errors } = await as(page, role, `/settings/${section}`);
      const enabled = page.locator("main :is(button, input, textarea, select):enabled:not(header *)");
      if (role === "owner") await expect(enabled).not.toHaveCount(0);
      else {
        const names = await enabled.evaluateAll((all) => all.map((e) => e.getAttribute("aria-label") ?? e.textContent));
        expect(names).toEqual([]);
      }
      expect(errors).toEqual([]);
    });
  }
}
