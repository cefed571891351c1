import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
import { LetAllGo, mayBeReleased } from "./let-all-go";

const RELEASE = "/api/campaigns/campaign_1/release";
const open = (answer: unknown, people = 12, more = false) =>
  renderPage(
    () => (
      <LetAllGo campaign={{ id: "campaign_1", name: "Clinics" }} reason="missing_value" people={people} more={more} />
    ),
    "/one",
    "/one",
    { [`POST ${RELEASE}`]: answer },
  );
const ask = async (all: string) => {
  fireEvent.click(await screen.findByRole("button", { name: `${all}: Missing value, Clinics` }));
  return within(await screen.findByRole("dialog", { name: `${all} in Clinics?` }));
};

test("what all are let go from is what the API takes", () => {
  const taken = ["missing_value", "paused_by_user", "owner_changed", "company_answered", "mailbox", "not_taken"];
  expect(taken.filter(mayBeReleased)).toEqual(taken);
  for (const reason of [
    "out_of_office",
    "uncertain",
    "late",
    "campaign_paused",
    "sending_stopped",
    "account_paused",
    "",
  ])
    expect(mayBeReleased(reason)).toBe(false);
});

test("it is asked first, and says what it does", async () => {
  const { sent } = open({ id: "campaign_1" });
  const dialog = await ask("Release all 12");
  expect(
    dialog.getByText(/Released leads resume within an hour, within sending windows, hours and limits/),
  ).toBeTruthy();
  expect(dialog.getByText(/Leads still missing a value are held again/)).toBeTruthy();
  expect(sent).toEqual([]);
  fireEvent.click(dialog.getByText("Release all 12"));
  expect(await screen.findByText("12 leads resume within an hour, within all limits")).toBeTruthy();
  expect(sent.map((s) => [s.path, s.body])).toEqual([[RELEASE, { reason: "missing_value" }]]);
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getByText("Releasing")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /Release all/ })).toBeNull();
});

test("what is shown of campaigns is asked for again", async () => {
  const { cache } = open({ id: "campaign_1" });
  cache.setQueryData(["campaigns", "held", "missing_value"], { pages: [], pageParams: [] });
  const dialog = await ask("Release all 12");
  fireEvent.click(dialog.getByText("Release all 12"));
  await screen.findByText("Releasing");
  expect(cache.getQueryState(["campaigns", "held", "missing_value"])?.isInvalidated).toBe(true);
});

test("why it was refused stands in the question, which stays", async () => {
  open(refusal(409, { code: "illegal_move", detail: "Only leads of an active campaign can be released." }));
  const dialog = await ask("Release all 12");
  fireEvent.click(dialog.getByText("Release all 12"));
  expect(await dialog.findByText("Only leads of an active campaign can be released.")).toBeTruthy();
  fireEvent.click(dialog.getByText("Cancel"));
  expect(await screen.findByRole("button", { name: /^Release all 12/ })).toBeTruthy();
});

test("one is no crowd, and a number that is not known is not named", async () => {
  open({}, 1);
  await ask("Release 1 lead");
});

test("where there may be more all are let go, however many", async () => {
  open({}, 200, true);
  const dialog = await ask("Release all");
  fireEvent.click(dialog.getByText("Release all"));
  expect(await screen.findByText("All resume within an hour, within all limits")).toBeTruthy();
});
