// A finger on a touch screen.
import type { Locator, Page } from "@playwright/test";

/** The bar below a lead of the queue. */
export const quickActions = (page: Page) => page.getByRole("region", { name: "Quick actions" });

/** Moves a finger over a part of the page, from its middle and near its top. */
export async function swipe(part: Locator, x: number, y: number) {
  const box = await part.boundingBox();
  if (!box) throw new Error("what is swiped is not shown");
  const page = part.page();
  const from = { x: box.x + box.width / 2, y: box.y + 12 };
  const touch = await page.context().newCDPSession(page);
  const send = (type: "touchStart" | "touchMove" | "touchEnd", part: number) =>
    touch.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: type === "touchEnd" ? [] : [{ x: from.x + x * part, y: from.y + y * part }],
    });
  await send("touchStart", 0);
  for (const part of [0.25, 0.5, 0.75, 1]) await send("touchMove", part);
  await send("touchEnd", 1);
}
