import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { ApiProblem } from "@/api/errors";
import { ErrorState } from "@/shared/ui/states";
import { refusal, renderPage } from "@/test-page";
import { SettingsPage } from "./page";

test("a rep who opens a link to the API keys is told whose page it is, and asked for nothing", async () => {
  const { sent } = renderPage(
    SettingsPage,
    "/settings/$section",
    "/settings/keys",
    {
      "GET /api/keys": refusal(403, { code: "forbidden" }),
    },
    "rep",
  );
  expect(await screen.findByText("You don't have access to this page")).toBeDefined();
  expect(screen.getByText("It is for admins.")).toBeDefined();
  expect(screen.queryByText("Try again")).toBeNull();
  expect(sent.filter(({ path }) => path.includes("keys"))).toEqual([]);
});

test("what the server refuses to a user for good is no error to be tried again", async () => {
  const detail = "This is for users who see all leads. You see your own or your team's.";
  const error = new ApiProblem({ status: 403, code: "own_leads_only", detail });
  renderPage(
    () => <ErrorState what="Companies did not load" error={error} retry={() => undefined} />,
    "/companies",
    "/companies",
    {},
  );
  expect(await screen.findByText("You don't have access to this page")).toBeDefined();
  expect(screen.getByText(detail)).toBeDefined();
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  expect(screen.getByRole("button", { name: "Go back" })).toBeDefined();
});
