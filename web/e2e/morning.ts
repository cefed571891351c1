// A workspace with two reps for the journeys of a morning: its accounts, its leads, and what leads do in their own browsers.
import { createHmac } from "node:crypto";
import { type Browser, type BrowserContext, expect, type Locator, type Page } from "@playwright/test";
import { sandbox, signedIn, url, visit } from "./live";

export const PASSWORD = "a long password";
const COUNTRY = "GB";

export type Api = Awaited<ReturnType<typeof signedIn>>;

/** Opens a workspace by signing up, as its owner. */
export async function openWorkspace(page: Page, stamp: number | string) {
  const login = { email: `maya@morning-${stamp}.example`, password: PASSWORD };
  const data = { ...login, name: "Maya Okafor", workspace_name: "Northquay", country: COUNTRY, currency: "GBP" };
  const opened = await page.request.post(`${url}/api/auth/signup`, { data });
  expect(opened.ok(), await opened.text()).toBe(true);
  const api = await signedIn(page.request, login);
  // A British workspace tracks nothing until somebody says so, visits of the leads' pages included.
  await api.patch("/api/settings", { tracking: { opens: true, clicks: true } });
  return { login, api };
}

/** Presses Tab until it has the focus: it is reached by keyboard, in so many steps at most. */
export async function tabTo(page: Page, target: Locator, most = 60) {
  await expect(target).toBeVisible();
  const isThere = () => target.evaluate((element) => element === document.activeElement);
  for (let steps = 0; steps < most && !(await isThere()); steps++) await page.keyboard.press("Tab");
  await expect(target).toBeFocused();
}

/** Signs in with the keyboard alone. */
export async function signInByKeys(page: Page, login: { email: string; password: string }) {
  await visit(page, "/sign-in");
  await tabTo(page, page.getByLabel("E-mail"));
  await page.keyboard.type(login.email);
  await tabTo(page, page.getByLabel("Password"));
  await page.keyboard.type(login.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible({ timeout: 30_000 });
}

/** Accepts an invitation with the keyboard alone. */
export async function joinByKeys(page: Page, link: string) {
  await page.goto(`/invitation#${link.split("#")[1]}`);
  await tabTo(page, page.getByLabel("Password"));
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL((at) => at.pathname === "/");
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible({ timeout: 30_000 });
}

/** The accounts of the workspace: a mailbox at the sandbox, bookings by Calendly, and payments by Stripe. */
export async function connect(api: Api, stamp: number) {
  await api.patch("/api/settings", { company: { postal_address: "1 Harbour Walk, Bristol BS1 5DB" } });
  const account = (name: string, settings: object, secret: object) =>
    api.post("/api/settings/accounts", { name, settings, secret });
  const outbox = "outbox@sandbox.leadflow.test";
  const port = Number(new URL(sandbox()).port) + 1;
  const server = { host: "localhost", port, security: "none", username: outbox };
  const mailbox = await account(
    "Maya's mailbox",
    { kind: "smtp", ...server, from_address: outbox, from_name: "Maya Okafor" },
    { password: "sandbox-smtp-password" },
  );
  const [bookingSecret, paymentSecret] = [`calendly-${stamp}`, `whsec_morning_${stamp}`];
  const bookings = await account(
    "Booking link",
    { kind: "bookings", via: "calendly" },
    { signing_secret: bookingSecret },
  );
  const payments = await account("Payments", { kind: "stripe", livemode: false }, { signing_secret: paymentSecret });
  return {
    mailbox: mailbox.id,
    bookings: { id: bookings.id, secret: bookingSecret },
    payments: { id: payments.id, secret: paymentSecret },
  };
}

/** Books a meeting at the sandbox's Calendly, which then tells the account. */
export async function bookMeeting(page: Page, account: { id: string; secret: string }, email: string, name: string) {
  const hook = `${url}/api/webhooks/calendly/${account.id}`;
  const entered = await page.request.post(`${sandbox()}/booking/webhooks`, {
    form: { service: "calendly", url: hook, secret: account.secret },
  });
  expect(entered.ok()).toBe(true);
  const booked = await page.request.post(`${sandbox()}/booking`, {
    form: { service: "calendly", email, name, reference: "" },
  });
  expect(booked.ok()).toBe(true);
}

/**
 * A payment as Stripe tells it, signed here: the sandbox's Stripe has one webhook, which is the demo workspace's. The time
 * is the server's own, since its clock may be ahead.
 */
export async function pay(page: Page, account: string, secret: string, email: string, stamp: number) {
  const now = Math.floor(Number(await serverTime(page)) / 1_000);
  const body = JSON.stringify({
    id: `evt_morning_${stamp}`,
    object: "event",
    api_version: "2026-07-29.dahlia",
    created: now,
    livemode: false,
    pending_webhooks: 1,
    type: "checkout.session.completed",
    data: {
      object: {
        id: `cs_morning_${stamp}`,
        object: "checkout.session",
        mode: "payment",
        payment_status: "paid",
        status: "complete",
        client_reference_id: null,
        metadata: {},
        customer: `cus_morning_${stamp}`,
        customer_details: { email, name: "Cora Payer" },
        amount_total: 49_000,
        currency: "gbp",
        payment_intent: `pi_morning_${stamp}`,
        invoice: null,
      },
    },
  });
  const signature = createHmac("sha256", secret).update(`${now}.${body}`).digest("hex");
  const told = await page.request.post(`${url}/api/webhooks/stripe/${account}`, {
    headers: { "content-type": "application/json", "stripe-signature": `t=${now},v1=${signature}` },
    data: body,
  });
  expect(told.ok(), await told.text()).toBe(true);
}

/** A lead's own browser, which is none of the workspace's. */
export function leadBrowser(browser: Browser) {
  const userAgent =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
  return browser.newContext({ locale: "en-GB", userAgent });
}

/** Opens the lead's preview page in a new tab, which is a visit of its own; the page's script reports it. */
export async function viewPreview(visitor: BrowserContext, address: string) {
  const page = await visitor.newPage();
  const reported = page.waitForResponse((response) => response.url().endsWith("/api/preview/track"));
  await page.goto(address);
  expect((await reported).ok()).toBe(true);
  await page.close();
}

/** The sandbox's phones whose last digits say that they are picked up, with their zones: one of them has day. */
const PHONES: [number: string, zone: string][] = [
  ["+49305550112", "Europe/Berlin"],
  ["+12125550112", "America/New_York"],
  ["+61255550112", "Australia/Sydney"],
];

/** The time of the server, whose clock may be ahead. */
export const serverTime = async (page: Page) =>
  new Date((await page.request.get(`${url}/health`)).headers().date ?? Number.NaN);

/** A phone that is picked up, where it is day by the server's clock. The workspace allows calls there. */
export async function awakePhone(page: Page, api: Api): Promise<string> {
  await api.patch("/api/settings", { calls: { countries: ["DE", "US", "AU"] } });
  const now = await serverTime(page);
  const hour = (timeZone: string) =>
    Number(new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone }).format(now));
  const awake = PHONES.find(([, zone]) => hour(zone) >= 8 && hour(zone) < 19) ?? PHONES[0];
  return awake?.[0] ?? "";
}
