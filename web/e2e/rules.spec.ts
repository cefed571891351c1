// A rule is made by keyboard, switched off, and read on a phone.
import { mkdirSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const shots = process.env.SHOTS;

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  test(`a rule is made and another switched off, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const made = { id: "rule_3", name: "Buttons", when: { event: "turned_hot" }, only: {}, actions: [], enabled: true };
    const { errors } = await openApp(page, "/settings/rules", {
      override: { "POST /api/settings/rules": made, "PATCH /api/settings/rules/rule_1": made },
    });
    const sent: [string, unknown][] = [];
    page.on("request", (request) => {
      if (["POST", "PATCH"].includes(request.method()) && request.url().includes("/rules"))
        sent.push([request.method(), request.postDataJSON()]);
    });
    const rules = page.getByRole("list", { name: "Rules" });
    await expect(rules).toContainText(
      "A lead turns hot (country GB): Stop all sequences, then enrol in Clinics, autumn, then task “Ring them today”, then notify",
    );
    await page.getByRole("button", { name: "Add a rule" }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Save rule" }).press("Enter");
    await expect(dialog.getByText("Enter a name.")).toBeVisible();
    await dialog.getByLabel("Name").fill("Buttons");
    await dialog.getByLabel("When").selectOption("call_to_action");
    await dialog.getByLabel("Times").fill("2");
    await dialog.getByRole("switch", { name: "Create a task" }).press("Space");
    await dialog.getByLabel("What needs to be done").fill("Ring them");
    if (shots) {
      mkdirSync(shots, { recursive: true });
      await page.screenshot({ path: `${shots}/rules-add-${width}.png` });
    }
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await dialog.getByRole("button", { name: "Save rule" }).press("Enter");
    await expect(dialog).toHaveCount(0);
    await rules.getByRole("switch").first().press("Space");
    await expect
      .poll(() => sent)
      .toEqual([
        [
          "POST",
          {
            name: "Buttons",
            when: { event: "did", what: "call_to_action", times: 2 },
            only: { status: [], tag: [], country: [] },
            actions: [{ do: "create_task", title: "Ring them" }, { do: "notify" }],
          },
        ],
        ["PATCH", { enabled: false }],
      ]);
    if (shots) await page.screenshot({ path: `${shots}/rules-${width}.png` });
    expect(errors).toEqual([]);
  });

  test(`the first rule is a suggested follow-up after a call, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/settings/rules", {
      override: {
        "GET /api/settings/rules": { items: [] },
        "POST /api/settings/rules": { id: "rule_3", name: "Call again", only: {}, actions: [], enabled: true },
      },
    });
    const sent: unknown[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST" && request.url().includes("/rules")) sent.push(request.postDataJSON());
    });
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.getByRole("button", { name: "Follow up after an unanswered call" }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Outcome").selectOption("voicemail");
    await dialog.getByLabel("In working days").fill("0");
    await dialog.getByRole("button", { name: "Save rule" }).press("Enter");
    await expect(dialog.getByText("From 1 to 60.")).toBeVisible();
    await dialog.getByLabel("In working days").fill("3");
    await dialog.getByLabel("What the follow-up is for").fill("Try the mobile number");
    if (shots) {
      mkdirSync(shots, { recursive: true });
      await page.screenshot({ path: `${shots}/rules-follow-up-${width}.png` });
    }
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await dialog.getByRole("button", { name: "Save rule" }).press("Enter");
    await expect(dialog).toHaveCount(0);
    expect(sent).toEqual([
      {
        name: "Call again",
        when: { event: "call_ended", outcome: "voicemail" },
        only: { status: [], tag: [], country: [] },
        actions: [{ do: "set_follow_up", working_days: 3, note: "Try the mobile number" }],
      },
    ]);
    expect(errors).toEqual([]);
  });
}
