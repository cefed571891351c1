// A finger on a touch screen.
import type { Page } from "@playwright/test";

/** Moves a finger over the bar of quick actions, from its middle. */
export async function swipe(page: Page, x: number, y: number) {
  const box = await page.getByRole("region", { name: "Quick actions" }).boundingBox();
  if (!box) throw new Error("the bar is not shown");
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
