// The journeys through a running installation that go with push.spec.ts.
import { expect, test } from "@playwright/test";
import { demo, signIn, url, visit } from "./live";

const STAMP = Date.now();

test("what one user changes shows on another's page within seconds", async ({ browser }) => {
  test.skip(!demo, "needs a running installation");
  const [one, other] = await Promise.all([browser.newContext(), browser.newContext()]);
  const [mine, theirs] = await Promise.all([one.newPage(), other.newPage()]);
  await signIn(mine);
  await signIn(theirs);
  const connected = theirs.waitForEvent("websocket");
  await visit(theirs, `/leads?q=Pushed${STAMP}`);
  await theirs.mouse.move(20, 20);
  await connected;
  await theirs.waitForTimeout(3_500);
  const token = await mine.evaluate(() => JSON.parse(localStorage.getItem("leadflow.access") ?? "{}").access);
  const email = `quick@push-${STAMP}.example`;
  const answer = await mine.request.post(`${url}/api/leads`, {
    headers: { authorization: `Bearer ${token}` },
    data: { first_name: "Quick", last_name: `Pushed${STAMP}`, email },
  });
  expect(answer.ok()).toBe(true);
  await expect(theirs.getByText(`Pushed${STAMP}`).first()).toBeVisible({ timeout: 3_000 });
  await one.close();
  await other.close();
});
