// One morning of a rep at phone width: leads are worked through by the thumb, while one of them turns hot.
import { expect, type Page, test } from "@playwright/test";
import { overflow } from "./axe";
import { heardCode, sandbox, silent, url, visit } from "./live";
import { awakePhone, leadBrowser, openWorkspace, PASSWORD, viewPreview } from "./morning";
import { quickActions, swipe } from "./touch";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

const STAMP = Date.now();
/** A phone of the sandbox that is picked up, and is no other journey's. */
const OWN_PHONE = "+12125550119";
const SOON = { timeout: 30_000 };
const ENDED = { timeout: 120_000 };

const lead = (page: Page, name: string) => page.getByRole("heading", { level: 2, name });

test("a rep works a morning at phone width, by swipe and tap", async ({ page, browser }) => {
  test.skip(!url, "LEADFLOW_URL is not set");
  test.setTimeout(300_000);
  const errors = silent(page);
  const { api } = await openWorkspace(page, `phone-${STAMP}`);
  await api.patch("/api/settings", { lead_access: { reps_see: "own_leads" } });
  const email = `rhea@morning-phone-${STAMP}.example`;
  const { link } = await api.post<{ link: string }>("/api/team", { email, name: "Rhea Sund", role: "rep" });
  const joined = await page.request.post(`${url}/api/auth/invitation`, {
    data: { token: link.split("#token=")[1], name: "Rhea Sund", password: PASSWORD },
  });
  expect(joined.ok(), await joined.text()).toBe(true);
  const { user } = await joined.json();
  // The numbers of the sandbox's Twilio: a call through it rings the rep's phone, and then the lead's.
  await api.post("/api/settings/accounts", {
    name: "Calls",
    settings: {
      kind: "twilio",
      base_url: `${sandbox()}/twilio`,
      account_sid: "AC00000000000000000000000000005a4d",
      from_number: "+12025550142",
      places_calls: true,
    },
    secret: { auth_token: "sandbox-twilio-auth-token" },
  });
  const leads: Record<string, { id: string; phone: string }> = {};
  for (const [first_name, last_name, rating, phone] of [
    ["Ada", "Caller", 4.9, await awakePhone(page, api)],
    ["Ben", "Later", 4.2, "+442079460102"],
    ["Cora", "Visitor", undefined, "+442079460103"],
  ] as const) {
    const name = first_name.toLowerCase();
    const made = await api.post("/api/leads", {
      first_name,
      last_name,
      company: `${last_name} Dental`,
      rating,
      phone,
      email: `${name}+silent@${name}-phone-${STAMP}.example`,
      owner: user.id,
    });
    leads[first_name] = { id: made.id, phone };
    await api.post("/api/tasks", { lead_id: made.id, owner: user.id, kind: "call", title: "First call" });
  }

  await visit(page, "/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).tap();
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible(SOON);

  await test.step("a phone is the rep's own once the code that a voice reads to it is entered", async () => {
    await visit(page, "/settings/profile");
    const phone = page.getByRole("region", { name: "Your phone" });
    await phone.getByLabel("Phone number").fill(OWN_PHONE);
    const code = await heardCode(page, OWN_PHONE, async () => {
      await phone.getByRole("button", { name: "Call me with a code" }).tap();
      await expect(phone.getByLabel("Code")).toBeFocused(SOON);
    });
    await phone.getByLabel("Code").fill(code);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await phone.getByRole("button", { name: "Confirm" }).tap();
    await expect(phone.getByText("Confirmed", { exact: true })).toBeVisible(SOON);
  });

  const bar = page.getByRole("navigation", { name: "Main" });
  await bar.getByRole("link", { name: "Calls" }).tap();
  await expect(lead(page, "Ada Caller")).toBeVisible(SOON);
  expect(await overflow(page)).toBeLessThanOrEqual(0);

  await test.step("left is the next lead, and a tap on the list goes back", async () => {
    await swipe(quickActions(page), -140, 10);
    await expect(lead(page, "Ben Later")).toBeVisible();
    await swipe(quickActions(page), -140, 10);
    await expect(lead(page, "Cora Visitor")).toBeVisible();
    const row = page.getByRole("region", { name: "Due" }).getByRole("button", { name: /Ada Caller/ });
    // A tap while the page still scrolls does no more than end the scrolling, as on any phone.
    await expect(async () => {
      await row.tap();
      await expect(lead(page, "Ada Caller")).toBeVisible({ timeout: 1_000 });
    }).toPass(SOON);
  });

  await test.step("right opens WhatsApp with the lead's number", async () => {
    await page.context().route("https://wa.me/**", (route) => route.fulfill({ body: "WhatsApp" }));
    const opened = page.context().waitForEvent("page");
    await swipe(quickActions(page), 140, 10);
    const chat = await opened;
    await expect(chat).toHaveURL(`https://wa.me/${leads.Ada?.phone.slice(1)}`);
    await chat.close();
  });

  await test.step("another lead turns hot: the rep is told, and stays with the lead at hand", async () => {
    const visitor = await leadBrowser(browser);
    const { url: address } = await api.get<{ url: string }>(`/api/leads/${leads.Cora?.id}/preview`);
    for (let visits = 0; visits < 3; visits++) await viewPreview(visitor, address);
    const alert = page.getByRole("region", { name: "Hot lead" });
    await expect(alert).toContainText("Cora Visitor turned hot", SOON);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await visitor.close();
    await alert.getByRole("button", { name: "Dismiss" }).tap();
    await expect(alert).toHaveCount(0);
    const due = page.getByRole("region", { name: "Due" });
    await expect(due.getByRole("button", { name: /Cora Visitor/ })).toHaveCount(2, SOON);
    await expect(lead(page, "Ada Caller")).toBeVisible();
  });

  await test.step("up calls, and the outcome is one tap", async () => {
    await swipe(quickActions(page), 10, -140);
    const call = page.getByRole("region", { name: "Call", exact: true });
    await expect(call.getByRole("status")).toHaveText(/^Call ended/, ENDED);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    // The outcome stands beside the note, not in the bar.
    await page.getByRole("region", { name: "Log outcome" }).getByRole("button", { name: /^Log / }).tap();
    await expect(call).toBeHidden();
    await expect(page.getByRole("region", { name: "Due" }).getByRole("button", { name: /Ada Caller/ })).toHaveCount(
      0,
      SOON,
    );
  });

  await test.step("the others are logged without a call, until none is due", async () => {
    const due = page.getByRole("region", { name: "Due" });
    for (let left = 3; left > 0; left--) {
      await expect(due.getByRole("listitem")).toHaveCount(left, SOON);
      await page
        .getByRole("region", { name: "Log outcome" })
        .getByRole("button", { name: /Voicemail/ })
        .tap();
    }
    await expect(page.getByRole("heading", { name: "No calls are due" })).toBeVisible(SOON);
    const done = page.getByRole("region", { name: "Done today" });
    await expect(done.getByRole("listitem").filter({ hasText: "Ben Later" })).toContainText("Voicemail");
  });
  expect(errors).toEqual([]);
});
