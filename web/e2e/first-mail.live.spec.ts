// From sign-up to the first e-mail, with every click, field and key counted.
import { readFile } from "node:fs/promises";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { fixture, ready, sandbox, url } from "./live";
import { serverTime } from "./morning";

const MOST = 20;
const SOON = { timeout: 60_000 };

/** The actions of a person, one by one. */
class Hand {
  deeds: string[] = [];
  private did(what: string, where: Locator) {
    this.deeds.push(`${what} ${where}`);
  }
  async click(where: Locator) {
    this.did("click", where);
    await where.click(SOON);
  }
  async fill(where: Locator, text: string) {
    this.did("fill", where);
    await where.fill(text);
  }
  /** A file that is dragged from the desktop. */
  async drop(where: Locator, name: string, text: string) {
    this.did("drop", where);
    const page = where.page();
    const files = await page.evaluateHandle(
      ([name, text]) => {
        const files = new DataTransfer();
        files.items.add(new File([text as string], name as string, { type: "text/csv" }));
        return files;
      },
      [name, text],
    );
    await where.dispatchEvent("dragover", { dataTransfer: files });
    await where.dispatchEvent("drop", { dataTransfer: files });
  }
}

/** Whether the starter sequence sends at once, by the server's clock. */
const isBusinessHour = (now: Date, zone: string) => {
  const parts = new Intl.DateTimeFormat("en-GB", { weekday: "short", hour: "2-digit", timeZone: zone }).format(now);
  const hour = Number(/\d+/.exec(parts)?.[0]);
  return !/Sat|Sun/.test(parts) && hour >= 9 && hour < 16;
};

test.describe("a new workspace", () => {
  test.skip(!url, "LEADFLOW_URL is not set");
  test.setTimeout(240_000);
  let page: Page;
  test.beforeAll(async ({ browser }) => {
    page = await (await browser.newContext({ locale: "en-GB" })).newPage();
  });
  test.afterAll(async () => {
    await page.context().close();
  });

  test(`sends its first e-mail after at most ${MOST} interactions`, async () => {
    const hand = new Hand();
    const stamp = Date.now();
    await page.goto("/sign-up");
    await hand.fill(page.getByLabel("Your name"), "Maya Okafor");
    await hand.fill(page.getByLabel("Company"), "Northquay");
    await hand.fill(page.getByLabel("E-mail"), `first-${stamp}@northquay.example`);
    await hand.fill(page.getByLabel("Password"), "a long password");
    await hand.click(page.getByRole("button", { name: "Create workspace" }));
    await ready(page);
    const guide = page.getByRole("region", { name: "To your first e-mail" });
    await expect(guide.getByRole("link", { name: "Sequence, done" })).toBeVisible(SOON);
    await expect(guide.getByRole("link", { name: "Leads, to do" })).toBeVisible();
    const file = (await readFile(fixture("first.csv"), "utf8")).replaceAll("{stamp}", String(stamp));
    await hand.drop(page.getByRole("region", { name: "Drop a file" }), "first.csv", file);
    await hand.click(page.getByRole("button", { name: /^Check/ }));
    await hand.click(page.getByRole("button", { name: /^Import 2 leads/ }));
    await expect(page.getByRole("heading", { name: "2 new leads" })).toBeVisible(SOON);
    await hand.click(page.getByRole("link", { name: "Today" }));
    await expect(guide.getByRole("link", { name: "Leads, done" })).toBeVisible(SOON);
    await hand.click(guide.getByRole("button", { name: "Connect the sandbox mailbox" }));
    await expect(guide.getByRole("link", { name: "Mailbox, done" })).toBeVisible(SOON);
    await hand.fill(guide.getByLabel("Postal address"), "1 Harbour Walk, Bristol BS1 5DB");
    await hand.click(guide.getByRole("button", { name: "Save" }));
    await expect(guide.getByRole("link", { name: "Company, done" })).toBeVisible(SOON);
    await hand.click(guide.getByRole("button", { name: "Create your first campaign for 2 leads" }));
    await expect(page.getByRole("heading", { name: "First campaign" })).toBeVisible(SOON);
    await expect(page.getByRole("row", { name: /Petra First/ })).toBeVisible(SOON);
    await hand.click(page.getByRole("button", { name: /^Launch/ }).first());
    await hand.click(page.getByRole("dialog").getByRole("button", { name: /^Launch/ }));
    await expect(page.getByText(/^Active since/)).toBeVisible(SOON);
    expect(hand.deeds.length, hand.deeds.join("\n")).toBeLessThanOrEqual(MOST);
    await page.goto("/");
    await ready(page);
    if (isBusinessHour(await serverTime(page), "Europe/London")) {
      const mailbox = `${sandbox()}/mailbox/petra-${stamp}%2Bsilent%40first.example`;
      await expect.poll(async () => (await page.request.get(mailbox)).text(), { timeout: 150_000 }).toContain("Petra");
      await page.reload();
      await ready(page);
      await expect(page.getByRole("heading", { name: "Due" })).toBeVisible(SOON);
      await expect(guide).toHaveCount(0, SOON);
    } else {
      await expect(guide.getByRole("link", { name: "Launch, done" })).toBeVisible(SOON);
    }
  });
});
