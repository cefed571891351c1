import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { LostReason, stageChange } from "./lost-reason";
import { movedWords } from "./moved-words";

const open = () => renderPage(LostReason, "/leads", "/leads", {});

test("a client leaves the won stage only once the user has said so", async () => {
  open();
  const moved = stageChange("qualified", "Elena Marsh", "won");
  await screen.findByRole("dialog", { name: "Move Elena Marsh from Won to Qualified?" });
  expect(screen.getByText(/ends no subscription/)).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Move to Qualified" }));
  expect(await moved).toEqual({ status: "qualified" });
});

test("a client who is to be kept stays where they are", async () => {
  open();
  const moved = stageChange("lost", "Elena Marsh", "won");
  await userEvent.click(await screen.findByRole("button", { name: "Keep" }));
  expect(await moved).toBeUndefined();
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("any other move asks nothing, and one to Replied without a reply says so", async () => {
  open();
  expect(await stageChange("won", "Owen Pryce", "qualified")).toEqual({ status: "won" });
  expect(await stageChange("qualified", "Owen Pryce", "replied")).toEqual({ status: "qualified" });
  const owen = (status: string) => ({ name: "Owen Pryce", status });
  expect(movedWords(owen("contacted"), "replied")).toBe("Moved Owen Pryce to Replied. No reply from them has come in");
  expect(movedWords(owen("qualified"), "replied")).toBe("Moved Owen Pryce to Replied");
});
