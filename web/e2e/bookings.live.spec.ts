// A lead books a meeting at the booking link: their sequence ends, the rep has a task, and hears when it is called off.
import { expect, type Page, test } from "@playwright/test";
import { violations } from "./axe";
import { demo, press, signedIn, signIn, silent, visit, visitSandbox } from "./live";

const SOON = { timeout: 60_000 };
const ARRIVED = { timeout: 180_000 };
const STAMP = Date.now();
const LEAD = `ida.booker+silent@ida-${STAMP}.example`;
const CAMPAIGN = `Booked ${STAMP}`;

test.describe("a lead books a meeting", () => {
  test.describe.configure({ mode: "serial" });
  test.skip(!demo, "LEADFLOW_URL, LEADFLOW_EMAIL and LEADFLOW_PASSWORD are not set");
  test.setTimeout(400_000);
  let page: Page;
  let errors: string[];
  let api: Awaited<ReturnType<typeof signedIn>>;
  let lead: string;
  test.beforeAll(async ({ browser }) => {
    page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    errors = silent(page);
    api = await signedIn(page.request);
  });
  test.afterAll(async () => {
    expect(errors).toEqual([]);
    await page.context().close();
  });

  const state = async () => {
    const { enrolments } = await api.get(`/api/leads/${lead}/why`);
    const found = enrolments.find((e) => e.enrolment.campaign_name === CAMPAIGN);
    return [found?.enrolment.state, found?.enrolment.end_reason ?? null];
  };

  test("its sequence ends, and the meeting is a task", async () => {
    const made = await api.post("/api/leads", { first_name: "Ida", last_name: "Booker", email: LEAD, country: "GB" });
    lead = made.id;
    const step = { kind: "email", delay: { amount: 7, unit: "days" }, subject: "Later", body: "One question." };
    const sequence = await api.post("/api/sequences", { name: CAMPAIGN, steps: [step] });
    const mailbox = (await api.get("/api/settings/accounts")).items.find((a) => a.settings.kind === "smtp");
    const campaign = await api.post("/api/campaigns", {
      name: CAMPAIGN,
      sequence_id: sequence.id,
      mailbox_ids: [mailbox?.id],
    });
    await api.post(`/api/campaigns/${campaign.id}/enrolments`, { lead_ids: [lead] });
    await api.post(`/api/campaigns/${campaign.id}/launch`, {});
    await expect.poll(state, SOON).toEqual(["scheduled", null]);

    await visitSandbox(page, `/booking?email=${encodeURIComponent(LEAD)}&name=Ida`);
    await press(page.getByRole("button", { name: "Book at Cal.com" }));
    await expect.poll(state, ARRIVED).toEqual(["ended", "booked"]);

    await signIn(page);
    await visit(page, `/leads/${lead}`);
    await expect(page.getByText("Meeting booked").first()).toBeVisible(SOON);
    await expect(page.getByText("Intro: Ida").first()).toBeVisible();
    expect(await violations(page)).toEqual([]);
  });

  test("a meeting that is called off is told, and the sequence stays ended", async () => {
    await visitSandbox(page, "/booking");
    const row = page.locator("section").filter({ hasText: LEAD });
    await press(row.getByRole("button", { name: "Call off" }));
    await visit(page, `/leads/${lead}`);
    await expect(async () => {
      await page.reload();
      await expect(page.getByText("Meeting called off").first()).toBeVisible();
    }).toPass(ARRIVED);
    expect(await state()).toEqual(["ended", "booked"]);
    await page.getByRole("button", { name: /^Notifications/ }).click();
    await expect(page.getByText("Ida Booker called off a meeting").first()).toBeVisible(SOON);
  });

  test("the account says what to enter at the service", async () => {
    const { items } = await api.get("/api/settings/accounts");
    const account = items.find((a) => a.settings.kind === "bookings");
    await visit(page, `/settings/providers/${account?.id}`);
    await expect(page.getByText("Set up at Cal.com")).toBeVisible();
    await expect(page.getByText("Meetings arrive.")).toBeVisible();
    expect(await violations(page)).toEqual([]);
  });
});
