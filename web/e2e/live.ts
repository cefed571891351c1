// A running installation: where it is, how to sign in, and the mailboxes of its sandbox.
import { type APIRequestContext, expect, type Locator, type Page } from "@playwright/test";

export const url = process.env.LEADFLOW_URL;
const email = process.env.LEADFLOW_EMAIL;
const password = process.env.LEADFLOW_PASSWORD;
export const demo = !!(url && email && password);

/** The sandbox listens on the next port. */
export const sandbox = () => {
  const next = new URL(url ?? "http://localhost:8787");
  next.port = String(Number(next.port) + 1);
  return next.origin;
};

export const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url).pathname;
export const ready = (page: Page) => page.locator("html[data-ready]").waitFor({ state: "attached" });

export async function visit(page: Page, path: string) {
  await page.goto(path);
  await ready(page);
}

/**
 * Collects the page's errors. The browser itself reports a connection for news that was refused: its ticket lasts five real
 * seconds here, because the clock is six times as fast, and the page asks for the next one.
 */
export function silent(page: Page): string[] {
  const errors: string[] = [];
  const byBrowser = ["Failed to load resource", "WebSocket connection to"];
  page.on("pageerror", (e) => errors.push(String(e)));
  page.on("console", (m) => {
    if (m.type() === "error" && !byBrowser.some((words) => m.text().includes(words))) errors.push(m.text());
  });
  return errors;
}

/**
 * Gives the password whenever the app asks who it is: what a sign-in proved lasts ten minutes, which is a hundred seconds here,
 * and a page may take longer to get there on a busy machine.
 */
export async function proveWhenAsked(page: Page, theirPassword: string) {
  const question = page.getByRole("dialog", { name: "Confirm that it is you" });
  const box = question.getByLabel("Password");
  await page.addLocatorHandler(box, async () => {
    await box.fill(theirPassword);
    await question.getByRole("button", { name: "Continue" }).click();
  });
}

export async function signIn(page: Page) {
  await visit(page, "/sign-in");
  await page.getByLabel("E-mail").fill(email ?? "");
  await page.getByLabel("Password").fill(password ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();
}

/** The actions that a person can take on the newest mail in their mailbox, as the sandbox's buttons do. */
export async function atMailbox(page: Page, address: string, deed: Record<string, string>) {
  const answer = await page.request.post(`${sandbox()}/mailbox/${encodeURIComponent(address)}`, { form: deed });
  expect(answer.ok()).toBe(true);
}

/**
 * Opens a page of the sandbox that does not refresh itself: a reload would interrupt the visit that follows, and Chromium
 * hangs when a tab is closed during a navigation.
 */
export async function visitSandbox(page: Page, path: string) {
  await page.route("**/refresh.js", (route) => route.abort());
  await page.goto(`${sandbox()}${path}`);
}

/** A mailbox of the sandbox in its own tab. */
export async function openMailbox(page: Page, address: string) {
  const mailbox = await page.context().newPage();
  await visitSandbox(mailbox, `/mailbox/${encodeURIComponent(address)}`);
  return mailbox;
}

/** The code that a voice reads at this phone of the sandbox, once `call` has had it rung. Another run may have rung it before. */
export async function heardCode(page: Page, number: string, call: () => Promise<void>): Promise<string> {
  const heard = async () => {
    const shown = await page.request.get(`${sandbox()}/phone/${encodeURIComponent(number)}`);
    const read = (await shown.text()).matchAll(/code is ((?:\d[, ]*){6})/g);
    return [...read].map(([, digits]) => digits?.replace(/\D/g, "") ?? "");
  };
  const before = (await heard()).length;
  await call();
  await expect.poll(async () => (await heard()).length, { timeout: 60_000 }).toBeGreaterThan(before);
  const [last] = await heard();
  return last ?? "";
}

/** Presses a button of the sandbox and waits until its page is shown again. */
export async function press(button: Locator) {
  const again = button.page().waitForResponse((response) => response.request().method() === "GET");
  await button.click();
  await again;
  await button.page().waitForLoadState();
}

/** What journeys read of the API's answers. */
export interface Answer {
  id: string;
  items: { id: string; settings: { kind: string } }[];
  enrolments: { enrolment: { campaign_name: string; state: string; end_reason?: string | null } }[];
}

/**
 * A user at the API, by default the demo workspace's, for what a journey needs and does not look at. An access token lasts
 * 15 minutes of a clock that may run six times as fast: when it has expired, the journey signs in again.
 */
export async function signedIn(request: APIRequestContext, login: object = { email, password }) {
  const origin = url ?? "";
  const token = async () => {
    const session = await request.post(`${origin}/api/auth/login`, { data: login });
    return (await session.json()).access_token as string;
  };
  let bearer = await token();
  const asked = async <T>(send: (headers: { authorization: string }) => ReturnType<APIRequestContext["get"]>) => {
    let response = await send({ authorization: `Bearer ${bearer}` });
    if (response.status() === 401) {
      bearer = await token();
      response = await send({ authorization: `Bearer ${bearer}` });
    }
    expect(response.ok(), `${response.url()} ${await response.text()}`).toBe(true);
    return (await response.json()) as T;
  };
  const sent =
    (method: string) =>
    <T = Answer>(path: string, data: object) =>
      asked<T>((headers) => request.fetch(`${origin}${path}`, { method, headers, data }));
  return {
    get: <T = Answer>(path: string) => asked<T>((headers) => request.get(`${origin}${path}`, { headers })),
    post: sent("POST"),
    put: sent("PUT"),
    patch: sent("PATCH"),
  };
}
