// One morning of a workspace: a manager and two reps, each in a browser of their own, work with the keyboard alone. Texts
// that they type and pages that they open by an address from a mail are the only things that do not come from keys.
import { availableParallelism, loadavg } from "node:os";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { signedIn, silent, url } from "./live";
import {
  bookMeeting,
  connect,
  joinByKeys,
  leadBrowser,
  openWorkspace,
  PASSWORD,
  pay,
  signInByKeys,
  tabTo,
  viewPreview,
} from "./morning";

const STAMP = Date.now();
const SOON = { timeout: 30_000 };
const ARRIVED = { timeout: 120_000 };
/** Push tells a page of a change within this time. */
const PUSH_MS = 1_000;
const LEADS = [
  {
    first_name: "Ada",
    last_name: "Caller",
    company: "Linden Physio",
    phone: "+442079460101",
    rating: 4.9,
    reviews: 900,
  },
  {
    first_name: "Ben",
    last_name: "Booker",
    company: "Harbour Dental",
    phone: "+442079460102",
    rating: 4.0,
    reviews: 80,
  },
  { first_name: "Cora", last_name: "Payer", company: "Opal Eye Clinic", phone: "+442079460103" },
];
/** A company has one domain, and those of other runs are other companies. */
const mailOf = (name: string) => `${name.toLowerCase()}+silent@${name.toLowerCase()}-${STAMP}.example`;

interface Notifications {
  items: { kind: string; lead_id?: string }[];
}

const h2 = (page: Page, name: string) => page.getByRole("heading", { level: 2, name });
const alertOf = (page: Page) => page.getByRole("region", { name: "Hot lead" });
const noLeads = (page: Page) => page.getByRole("heading", { name: "No leads are yours yet" });

/** How many times as slow a machine is that has more to do than processors: the load of the last minute says so. */
const slowness = () => Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());

/** Goes to a page of the sidebar by its keys. */
async function go(page: Page, key: string) {
  await page.keyboard.press("g");
  await page.keyboard.press(key);
}

/** Runs a command, or opens a lead, by its name. */
async function run(page: Page, name: string) {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search or run a command" })).toBeFocused();
  await page.keyboard.type(name);
  await expect(page.getByRole("option", { name }).first()).toHaveAttribute("aria-selected", "true", SOON);
  await page.keyboard.press("Enter");
}

/** Picks in a list whose choice acts at once: an arrow opens it, further ones lead to the option, Enter takes it. */
async function pick(page: Page, field: Locator, label: string) {
  await expect(field).toBeFocused();
  const labels = await field.locator("option").allTextContents();
  await page.keyboard.press("ArrowDown");
  for (let steps = 0; steps < labels.indexOf(label); steps++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
}

/** Notes when push tells the page of notifications. */
function heard(page: Page) {
  const at: number[] = [];
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      if (String(payload).includes('"notifications"')) at.push(Date.now());
    }),
  );
  return at;
}

test("a manager and two reps work a morning with the keyboard", async ({ browser }) => {
  test.skip(!url, "LEADFLOW_URL is not set");
  test.setTimeout(400_000);
  const open = async () => (await browser.newContext({ locale: "en-GB" })).newPage();
  const [maya, rhea, noor] = [await open(), await open(), await open()];
  const errors = [silent(maya), silent(rhea), silent(noor)];
  const told = heard(rhea);
  const { login, api } = await openWorkspace(maya, STAMP);
  const { mailbox, bookings, payments } = await connect(api, STAMP);
  await api.put("/api/commissions/plan", { tiers: [{ from_minor: 0, basis_points: 1_000 }] });
  const ids: string[] = [];
  for (const lead of LEADS) {
    const made = await api.post("/api/leads", { ...lead, email: mailOf(lead.first_name), country: "GB" });
    ids.push(made.id);
  }
  const [ada = "", ben = "", cora = ""] = ids;

  await test.step("the manager lets reps see their own leads, and invites two", async () => {
    await signInByKeys(maya, login);
    await go(maya, ",");
    await expect(maya).toHaveURL(/\/settings/);
    await tabTo(maya, maya.getByRole("link", { name: "Team" }));
    await maya.keyboard.press("Enter");
    await tabTo(maya, maya.getByLabel("Reps see"));
    await maya.keyboard.press("ArrowDown");
    await expect(maya.getByText("Saved", { exact: true })).toBeVisible();
    for (const [name, page] of [
      ["Rhea Sund", rhea],
      ["Noor Haddad", noor],
    ] as const) {
      await tabTo(maya, maya.getByRole("button", { name: "Invite a person" }));
      await maya.keyboard.press("Enter");
      const dialog = maya.getByRole("dialog", { name: "Invite a person" });
      await tabTo(maya, dialog.getByLabel("Name"));
      await maya.keyboard.type(name);
      await tabTo(maya, dialog.getByLabel("E-mail"));
      await maya.keyboard.type(`${name.split(" ")[0]?.toLowerCase()}@morning-${STAMP}.example`);
      await maya.keyboard.press("Enter");
      const link = maya.getByRole("dialog").getByLabel("Link");
      await expect(link).toHaveValue(/#token=/);
      await joinByKeys(page, await link.inputValue());
      await maya.keyboard.press("Escape");
      await expect(maya.getByRole("dialog")).toHaveCount(0);
    }
  });

  await test.step("the manager sets a target for the first rep", async () => {
    await go(maya, "o");
    await expect(maya.getByRole("heading", { name: "No targets in this month" })).toBeVisible(SOON);
    await maya.keyboard.press("e");
    await tabTo(maya, maya.getByRole("textbox", { name: "Calls, Rhea Sund" }));
    await maya.keyboard.type("10");
    await tabTo(maya, maya.getByRole("textbox", { name: "Collected, Rhea Sund" }));
    await maya.keyboard.type("1000");
    await maya.keyboard.press("Enter");
    await expect(maya.getByText("Targets saved")).toBeVisible(SOON);
  });

  await test.step("the manager gives all leads to the first rep", async () => {
    await go(noor, "l");
    await expect(noLeads(noor)).toBeVisible(SOON);
    await go(maya, "l");
    await expect(maya.getByRole("row", { name: /Cora Payer/ })).toBeVisible(SOON);
    await maya.keyboard.press("Control+a");
    await expect(maya.getByText("3 selected")).toBeVisible();
    await maya.keyboard.press("a");
    await pick(maya, maya.getByLabel("Assign selected leads to an owner"), "Rhea Sund");
    await expect(maya.getByText("Assigned 3 leads to Rhea Sund")).toBeVisible();
  });

  const { items: team } = await api.get<{ items: { id: string; name: string }[] }>("/api/team");
  const owner = team.find((member) => member.name === "Rhea Sund")?.id;
  for (const lead_id of ids) await api.post("/api/tasks", { lead_id, owner, kind: "call", title: "First call" });
  const close_on = new Date(Date.now() + 10 * 24 * 3_600_000).toISOString().slice(0, 10);
  const deal = { name: "Booking page", amount_minor: 120_000, currency: "GBP", close_on };
  await api.post(`/api/leads/${ada}/deals`, deal);

  await test.step("the first rep works the queue of calls", async () => {
    await expect(rhea.getByRole("region", { name: "Due" }).getByText("Ada Caller")).toBeVisible(SOON);
    await go(rhea, "p");
    await expect(h2(rhea, "Ada Caller")).toBeVisible(SOON);
    await rhea.keyboard.press("j");
    await expect(h2(rhea, "Ben Booker")).toBeVisible();
    await rhea.keyboard.press("k");
    await expect(h2(rhea, "Ada Caller")).toBeVisible();
    await rhea.keyboard.press("c");
    await expect(rhea.getByLabel("Note")).toBeFocused();
    await rhea.keyboard.type("Has 2 chairs, decides in January");
    await rhea.keyboard.press("Escape");
    await rhea.keyboard.press("1");
    await expect(rhea.getByText(/^Connected: /)).toBeVisible();
    await expect(h2(rhea, "Ben Booker")).toBeVisible();
    await rhea.keyboard.press("4");
    await expect(h2(rhea, "Cora Payer")).toBeVisible();
    await rhea.keyboard.press("5");
    await expect(rhea.getByRole("region", { name: "Call back" }).getByRole("button").first()).toBeFocused();
    await rhea.keyboard.press("Enter");
    await expect(rhea.getByRole("heading", { name: "No calls are due" })).toBeVisible(SOON);
    const done = rhea.getByRole("region", { name: "Done today" });
    for (const [name, outcome] of [
      ["Ada Caller", "Connected"],
      ["Ben Booker", "Voicemail"],
      ["Cora Payer", "Call back"],
    ] as const)
      await expect(done.getByRole("listitem").filter({ hasText: name })).toContainText(outcome);
    expect(JSON.stringify(await api.get(`/api/leads/${ada}/timeline`))).toContain("Has 2 chairs, decides in January");
  });

  await test.step("the first rep moves a card with a deal on the board", async () => {
    await go(rhea, "l");
    await expect(rhea.getByRole("row", { name: /Ada Caller/ })).toBeVisible(SOON);
    await rhea.keyboard.press("b");
    const card = rhea.locator(`[data-card="${ada}"]`);
    await expect(card).toBeVisible();
    await rhea.keyboard.press("ArrowDown");
    await expect(card).toBeFocused();
    await rhea.keyboard.press("Shift+ArrowRight");
    const contacted = rhea.locator('section[aria-label="Stage Contacted"]');
    await expect(contacted.locator(`[data-card="${ada}"]`)).toBeFocused();
    await expect(contacted).toContainText("£1,200");
    await expect.poll(async () => (await api.get<{ status: string }>(`/api/leads/${ada}`)).status).toBe("contacted");
  });

  await test.step("a lead turns hot: its owner hears of it by push, and the other rep does not", async () => {
    const visitor = await leadBrowser(browser);
    const { url: address } = await api.get<{ url: string }>(`/api/leads/${cora}/preview`);
    const asRhea = await signedIn(rhea.request, { email: `rhea@morning-${STAMP}.example`, password: PASSWORD });
    const asNoor = await signedIn(noor.request, { email: `noor@morning-${STAMP}.example`, password: PASSWORD });
    const isRecorded = async (one: typeof asRhea) =>
      (await one.get<Notifications>("/api/notifications")).items.some(
        (n) => n.kind === "hot_lead" && n.lead_id === cora,
      );
    const views = async () =>
      (await api.get<{ engagement?: { views?: number } }>(`/api/leads/${cora}`)).engagement?.views ?? 0;
    for (let visits = 0; visits < 2; visits++) await viewPreview(visitor, address);
    await expect.poll(views, SOON).toBe(2);
    const texts = told.length;
    const alerted = alertOf(rhea)
      .waitFor(SOON)
      .then(() => Date.now());
    const visit = viewPreview(visitor, address);
    // The server's record lies between the last answer without it and the first one with it: the push is measured from
    // the former.
    let notYet = Date.now();
    for (let asked = notYet; !(await isRecorded(asRhea)); asked = Date.now()) notYet = asked;
    const shown = await alerted;
    await visit;
    const most = PUSH_MS * slowness();
    expect(told.length, "texts of notifications").toBeGreaterThan(texts);
    expect((told[texts] ?? 0) - notYet, "from the record to the push").toBeLessThanOrEqual(most);
    // The page then reads the notification, and the lead.
    expect(shown - notYet, "from the record to the alert").toBeLessThanOrEqual(2 * most);
    await expect(alertOf(rhea)).toContainText("Cora Payer turned hot");
    expect(await isRecorded(asNoor)).toBe(false);
    await expect(alertOf(noor)).toHaveCount(0);
    await visitor.close();
  });

  await test.step("a booking arrives: the lead's sequence ends, and the meeting is a task of the owner", async () => {
    const email = { kind: "email", delay: { amount: 7, unit: "days" }, subject: "Later", body: "One question." };
    const sequence = await api.post("/api/sequences", { name: "Follow up", steps: [email] });
    const campaign = await api.post("/api/campaigns", {
      name: "Clinics",
      sequence_id: sequence.id,
      mailbox_ids: [mailbox],
    });
    await api.post(`/api/campaigns/${campaign.id}/enrolments`, { lead_ids: [ben] });
    await api.post(`/api/campaigns/${campaign.id}/launch`, {});
    const state = async () => {
      const enrolment = (await api.get(`/api/leads/${ben}/why`)).enrolments[0]?.enrolment;
      return [enrolment?.state, enrolment?.end_reason ?? null];
    };
    await expect.poll(state, SOON).toEqual(["scheduled", null]);
    await bookMeeting(maya, bookings, mailOf("Ben"), "Ben Booker");
    await expect.poll(state, ARRIVED).toEqual(["ended", "booked"]);
    await run(rhea, "Ben Booker");
    await expect(rhea).toHaveURL(new RegExp(`/leads/${ben}`));
    await expect(rhea.getByText("Meeting booked").first()).toBeVisible(SOON);
    await expect(rhea.getByRole("button", { name: "Done: Intro, Ben Booker" })).toBeVisible(SOON);
  });

  await test.step("a payment arrives: the rep earns a commission", async () => {
    await go(rhea, "r");
    await expect(rhea.getByText("Collected from your clients")).toBeVisible(SOON);
    await pay(maya, payments.id, payments.secret, mailOf("Cora"), STAMP);
    await expect(rhea.getByRole("region", { name: "Payments", exact: true })).toContainText("Opal Eye Clinic", ARRIVED);
    await expect(rhea.getByText("£49", { exact: true }).first()).toBeVisible();
  });

  await test.step("the rep's calls and payment count towards the target", async () => {
    await go(rhea, "o");
    const own = rhea.getByRole("region", { name: "Your figures" });
    await expect(own).toContainText("3 of 10", SOON);
    await expect(own).toContainText("£490 of £1,000", ARRIVED);
  });

  await test.step("the manager reads the health of the pipeline", async () => {
    await go(maya, "d");
    await expect(maya.getByRole("heading", { level: 1, name: "Pipeline" })).toBeVisible(SOON);
    await expect(maya.getByText(/£1,200/).first()).toBeVisible(SOON);
  });

  await test.step("the manager hands the first rep's leads over to the second", async () => {
    await go(rhea, "l");
    await expect(rhea.getByRole("row", { name: /Ada Caller/ })).toBeVisible(SOON);
    await go(maya, ",");
    await tabTo(maya, maya.getByRole("link", { name: "Team" }));
    await maya.keyboard.press("Enter");
    await tabTo(maya, maya.getByRole("button", { name: "Hand over the leads of Rhea Sund" }));
    await maya.keyboard.press("Enter");
    const dialog = maya.getByRole("dialog", { name: "Hand over the leads of Rhea Sund" });
    await tabTo(maya, dialog.getByLabel("New owner"));
    await maya.keyboard.type("Noor");
    await expect(dialog.getByLabel("New owner").locator("option:checked")).toHaveText("Noor Haddad");
    await tabTo(maya, dialog.getByRole("button", { name: "Hand over 3 leads" }));
    await maya.keyboard.press("Enter");
    await expect(maya.getByText("Handed over 3 leads of Rhea Sund")).toBeVisible(SOON);
    for (const name of ["Ada Caller", "Ben Booker", "Cora Payer"])
      await expect(noor.getByRole("row", { name: new RegExp(name) })).toBeVisible(SOON);
    await expect(noLeads(rhea)).toBeVisible(SOON);
  });

  expect(errors).toEqual([[], [], []]);
  for (const page of [maya, rhea, noor]) await page.context().close();
});
