// Leads are merged and parted again: from the duplicates, from ticked leads, and on the page of the lead that stayed.
import { expect, type Page, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { MERGE_PREVIEW, MERGES } from "./merge-answer";

const PAGE = "/leads/merge?ids=lead_2,lead_16";
const LEAD = ANSWERS["GET /api/leads/lead_0"] as object;
const STAYS = { ...LEAD, id: "lead_2", name: "Marcus Hale", rev: 8, merged: 1 };
const OTHER = { ...LEAD, id: "lead_16", name: "Marcus Hale", rev: 9 };
const MERGED = {
  lead: STAYS,
  merged: ["lead_16"],
  ended: 1,
  undo_until: "2026-12-17T10:42:00Z",
  seen: ["lead_2:8", "lead_16:8"],
};
const OVERRIDE = {
  "POST /api/leads/merge": MERGED,
  "POST /api/leads/lead_2/unmerge": { lead: { ...STAYS, merged: undefined }, parted: OTHER, seen: ["lead_16:9"] },
  "GET /api/leads/lead_2": STAYS,
  "GET /api/leads/lead_2/timeline": ANSWERS["GET /api/leads/lead_0/timeline"],
  "GET /api/leads/lead_2/consent": ANSWERS["GET /api/leads/lead_0/consent"],
  "GET /api/leads/lead_2/merges": MERGES,
};

/** The body of the next request to this address. */
async function asked(page: Page, path: string, act: () => Promise<unknown>) {
  const request = page.waitForRequest((r) => r.method() === "POST" && new URL(r.url()).pathname === path);
  await act();
  return (await request).postDataJSON();
}

async function sound(page: Page, shot: string) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${shot}.png` });
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
}

async function lookAt(page: Page, shot: string) {
  for (const width of [390, 320, 1440]) {
    await page.setViewportSize({ width, height: 844 });
    await sound(page, `${shot}-${width}`);
  }
}

test("a group of duplicates is merged by keyboard, with a field chosen from the other, and Undo parts them", async ({
  page,
}) => {
  const { errors } = await openApp(page, "/leads/duplicates", { override: OVERRIDE });
  await lookAt(page, "duplicates");
  const first = await asked(page, "/api/leads/merge/preview", () =>
    page.getByRole("link", { name: "Merge: Marcus Hale, Marcus Hale" }).press("Enter"),
  );
  expect(first).toEqual({ leads: ["lead_2", "lead_16"] });
  await expect(page.getByRole("link", { name: "Clinics, autumn" })).toBeVisible();
  await expect(page.getByText("not contacted by SMS")).toBeVisible();
  await expect(page.getByText("shortlist, dentist")).toBeVisible();
  const row = page.getByRole("row", { name: /^Company/ });
  await expect(row).toContainText("Hale & Daughters Dental");
  await row.getByRole("radio", { name: /^Hale & Daughters Dental, Company of/ }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(row.getByRole("radio", { name: /^Hale and Daughters, Company of/ })).toBeChecked();
  await expect(row.getByRole("cell").last()).toHaveText("Hale and Daughters");
  await expect(page.getByRole("row", { name: /^Website/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Show 7 fields with one value" }).press("Enter");
  await expect(page.getByRole("row", { name: /^Website/ })).toContainText("https://haledaughtersdental.example");
  await expect(page.getByText("The lead that stays keeps its e-mail address and number")).toBeVisible();
  const addresses = page.getByRole("row", { name: /^E-mail/ });
  await expect(addresses.getByRole("radio")).toHaveCount(0);
  await expect(addresses.getByRole("cell").last()).toHaveText("marcus@haledaughtersdental.example");
  const second = page.getByRole("row", { name: /^Second e-mail/ });
  await expect(second.getByRole("cell").last()).toHaveText("m.hale@haledaughtersdental.example");
  await lookAt(page, "merge");
  const body = await asked(page, "/api/leads/merge", () =>
    page.getByRole("button", { name: "Merge 2 leads" }).press("Enter"),
  );
  expect(body).toEqual({
    into: "lead_2",
    leads: ["lead_16"],
    choices: { company: "lead_16", status: "lead_2", "custom.Plan": "lead_2" },
  });
  await expect(page).toHaveURL(/\/leads\/lead_2$/);
  await expect(page.getByText("Merged 2 leads into Marcus Hale")).toBeVisible();
  const back = await asked(page, "/api/leads/lead_2/unmerge", () => page.keyboard.press("z"));
  expect(back).toEqual({ lead: "lead_16" });
  expect(errors).toEqual([]);
});

test("another lead stays: the preview is asked for it, and what it has is proposed", async ({ page }) => {
  const { errors } = await openApp(page, PAGE, { override: OVERRIDE });
  const into = await asked(page, "/api/leads/merge/preview", () =>
    page.getByRole("radio", { name: "Marcus Hale stays: Marcus Hale (m.hale@haledaughtersdental.example)" }).check(),
  );
  expect(into).toEqual({ leads: ["lead_2", "lead_16"], into: "lead_16" });
  const body = await asked(page, "/api/leads/merge", () => page.getByRole("button", { name: "Merge 2 leads" }).click());
  expect(body).toMatchObject({ into: "lead_16", leads: ["lead_2"] });
  expect(errors).toEqual([]);
});

test("a refused merge says why and keeps what was chosen", async ({ page }) => {
  await openApp(page, PAGE);
  await page.route("**/api/leads/merge", (route) =>
    route.fulfill({
      status: 409,
      json: {
        title: "Conflict",
        status: 409,
        code: "too_many_merged",
        detail: "A lead can have at most 10 others merged into it.",
      },
    }),
  );
  const plan = page.getByRole("radio", { name: /^Silver, Plan of/ });
  await plan.check();
  await page.getByRole("button", { name: "Merge 2 leads" }).click();
  await expect(page.getByRole("alert")).toContainText("at most 10 others merged into it. Choose another lead");
  await expect(plan).toBeChecked();
  await lookAt(page, "merge-refused");
});

test("on a phone one field stands under another", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const { errors } = await openApp(page, PAGE, { override: OVERRIDE });
  await expect(page.getByRole("table")).toHaveCount(0);
  await expect(page.getByRole("group", { name: "Which lead stays" }).getByRole("radio")).toHaveCount(2);
  const stage = page.getByRole("group", { name: "Stage" });
  await stage.getByRole("radio", { name: /^Contacted, Stage of/ }).check();
  await sound(page, "merge-phone-fields");
  const body = await asked(page, "/api/leads/merge", () => page.getByRole("button", { name: "Merge 2 leads" }).click());
  expect(body.choices.status).toBe("lead_16");
  expect(errors).toEqual([]);
});

test("ticked leads are merged from the bar and from the palette; one alone or a filter's leads are not", async ({
  page,
}) => {
  const { errors } = await openApp(page, "/leads");
  const bar = page.getByRole("region", { name: "Selected leads" });
  await page.getByRole("checkbox", { name: "Select Elena Marsh", exact: true }).check();
  await expect(bar.getByRole("button", { name: "Set field" })).toBeVisible();
  await expect(bar.getByRole("button", { name: "Merge" })).toHaveCount(0);
  await page.getByRole("checkbox", { name: "Select Grace Adeyemi", exact: true }).check();
  await expect(bar.getByRole("button", { name: "Merge" })).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.keyboard.press("Control+a");
  await expect(bar.getByText("12,480 selected")).toBeVisible();
  await expect(bar.getByRole("button", { name: "Merge" })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox", { name: "Select Elena Marsh", exact: true }).check();
  await page.getByRole("checkbox", { name: "Select Grace Adeyemi", exact: true }).check();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search or run a command" }).fill("merge 2");
  const preview = await asked(page, "/api/leads/merge/preview", () => page.keyboard.press("Enter"));
  expect(preview).toEqual({ leads: ["lead_0", "lead_1"] });
  await expect(page).toHaveURL(/\/leads\/merge\?ids=lead_0/);
  expect(errors).toEqual([]);
});

test("a lead shows what was merged into it, and a merge is undone after a question", async ({ page }) => {
  const override = {
    "GET /api/leads/lead_0": { ...LEAD, merged: 2 },
    "POST /api/leads/lead_0/unmerge": {
      lead: { ...LEAD, rev: 9 },
      parted: { ...LEAD, id: "lead_14", name: "E. Marsh" },
      seen: ["lead_0:9", "lead_14:4"],
    },
  };
  const { errors } = await openApp(page, "/leads/lead_0", { override });
  const card = page.getByRole("region", { name: "Merged leads" });
  await card.scrollIntoViewIfNeeded();
  await expect(card.getByRole("listitem").filter({ hasText: "E. Marsh" })).toContainText("by Maya Okafor");
  await expect(card.getByRole("listitem").filter({ hasText: "Linden Physio" })).toContainText(
    "by Zapier, can no longer be undone",
  );
  await expect(card.getByRole("button")).toHaveCount(1);
  await sound(page, "merged-card");
  const question = page.getByRole("dialog", { name: "Undo the merge of E. Marsh?" });
  for (const width of [320, 390, 1440]) {
    await page.setViewportSize({ width, height: 844 });
    if (width < 1024) await page.getByRole("button", { name: "Facts", exact: true }).click();
    // Another width may lay the page out anew meanwhile, with another element.
    await expect(() => card.scrollIntoViewIfNeeded({ timeout: 2_000 })).toPass();
    await sound(page, `merged-card-${width}`);
    await card.getByRole("button", { name: "Undo merge: E. Marsh" }).press("Enter");
    await expect(question).toContainText("sequences stay ended");
    await sound(page, `unmerge-${width}`);
    if (width < 1024) await page.keyboard.press("Escape");
  }
  const body = await asked(page, "/api/leads/lead_0/unmerge", () =>
    question.getByRole("button", { name: "Undo merge" }).press("Enter"),
  );
  expect(body).toEqual({ lead: "lead_14" });
  await expect(page.getByText("E. Marsh is a lead of its own again")).toBeVisible();
  await expect(question).toBeHidden();
  expect(errors).toEqual([]);
});

test("an undo that is too late says so in its question", async ({ page }) => {
  await openApp(page, "/leads/lead_0", { override: { "GET /api/leads/lead_0": { ...LEAD, merged: 2 } } });
  await page.route("**/api/leads/lead_0/unmerge", (route) =>
    route.fulfill({
      status: 409,
      json: {
        title: "Conflict",
        status: 409,
        code: "undo_over",
        detail: "The merge was more than 30 days ago: it can no longer be undone.",
      },
    }),
  );
  await page.getByRole("button", { name: "Undo merge: E. Marsh" }).click();
  const question = page.getByRole("dialog");
  await question.getByRole("button", { name: "Undo merge" }).click();
  await expect(question.getByRole("alert")).toContainText("can no longer be undone");
});

test("a lead without merged leads is not asked for them", async ({ page }) => {
  const paths: string[] = [];
  page.on("request", (r) => paths.push(new URL(r.url()).pathname));
  await openApp(page, "/leads/lead_0");
  await expect(page.getByRole("region", { name: "Tracking" })).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(paths.filter((path) => path.endsWith("/merges"))).toEqual([]);
});

test("the address of a merged lead leads to the one that stayed, which is said once", async ({ page }) => {
  const { errors } = await openApp(page, "/leads/lead_16#write", {
    override: { ...OVERRIDE, "GET /api/leads/lead_16": STAYS },
  });
  await expect(page).toHaveURL(/\/leads\/lead_2#write$/);
  await expect(page.getByText("Merged into Marcus Hale")).toHaveCount(1);
  await expect(page.getByRole("heading", { level: 2, name: "Marcus Hale" })).toBeVisible();
  expect(errors).toEqual([]);
});

test("a merged lead in the list that was opened does not keep J from the next one", async ({ page }) => {
  await openApp(page, "/leads", { override: { "GET /api/leads/lead_1": LEAD } });
  await page.getByRole("link", { name: "Elena Marsh" }).first().click();
  await expect(page.getByText("1 of 12,480")).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByText("Merged into Elena Marsh")).toBeVisible();
  await expect(page).toHaveURL(/lead_0$/);
  await expect(page.getByText("1 of 12,479")).toBeVisible();
  await page.keyboard.press("j");
  await expect(page).toHaveURL(/lead_2$/);
});

for (const [ids, title] of [
  ["lead_2", "Choose two leads"],
  [Array.from({ length: 11 }, (_, i) => `lead_${i}`).join(), "At most 10 leads at once"],
] as const) {
  test(`${ids.split(",").length} leads are not merged: ${title}`, async ({ page }) => {
    await openApp(page, `/leads/merge?ids=${ids}`);
    await expect(page.getByRole("heading", { name: title })).toBeVisible();
    await lookAt(page, "merge-none");
  });
}

test("a merge of a lead that is gone says so", async ({ page }) => {
  await openApp(page, PAGE, { override: { "POST /api/leads/merge/preview": undefined } });
  await expect(page.getByRole("heading", { name: "One of these leads is gone" })).toBeVisible();
});

test("ten leads scroll sideways in their table, and the result stays in sight", async ({ page }) => {
  const [one] = MERGE_PREVIEW.leads;
  const leads = Array.from({ length: 10 }, (_, i) => ({ ...one, id: `lead_${i}`, name: `Marcus Hale ${i}` }));
  const values = leads.map(({ id }, i) => ({ lead: id, value: `Hale and ${i} daughters` }));
  const company = {
    field: "company",
    label: "Company",
    values,
    chosen: "lead_0",
    differs: true,
    can_choose: true,
    result: null,
  };
  const preview = { ...MERGE_PREVIEW, into: "lead_0", leads, fields: [company] };
  const ids = leads.map(({ id }) => id).join();
  await openApp(page, `/leads/merge?ids=${ids}`, { override: { "POST /api/leads/merge/preview": preview } });
  await expect(page.getByRole("columnheader", { name: "Result" })).toBeInViewport();
  const last = page.getByRole("radio", { name: "Hale and 9 daughters, Company of Marcus Hale 9" });
  await last.check();
  await expect(last).toBeInViewport();
  await expect(page.getByRole("cell", { name: "Hale and 9 daughters", exact: true }).last()).toBeInViewport();
  await lookAt(page, "merge-ten");
});
