import { screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { SignedIn } from "./signed-in";

beforeEach(() => sessionStorage.clear());

const open = () => {
  location.hash = "#ticket=sealed";
  return renderPage(SignedIn, "/signed-in", "/signed-in", {});
};

test("a ticket that this tab has asked nobody for is spent for nothing and told as expired", async () => {
  const { sent } = open();
  expect(await screen.findByText(/was begun in another browser/)).toBeTruthy();
  expect(screen.getByText("Back to sign in")).toBeTruthy();
  expect(sent).toEqual([]);
});

test("a ticket that this tab has asked for is spent once", async () => {
  sessionStorage.setItem("leadflow.provider-errand", JSON.stringify({ what: "sign-in" }));
  const { sent } = open();
  await expect.poll(() => sent.length).toBe(1);
  expect(sessionStorage.getItem("leadflow.provider-errand")).toBeNull();
});
