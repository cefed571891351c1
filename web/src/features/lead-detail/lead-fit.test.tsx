import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { LeadFit } from "./lead-fit";

const ICP = { id: "icp_1", name: "Small clinics", main: true };
const reason = (answer: string, text: string) => ({ answer, text, value: null });
const open = (fit: object, icps: object[] = [ICP]) =>
  renderPage(() => <LeadFit id="lead_1" rev={3} />, "/", "/", {
    "GET /api/icp": { items: icps },
    "GET /api/icp/icp_1/leads/lead_1": { fit, threshold: 60, points: [30, 10] },
  });

test("a lead that fits shows its points, and what each reason adds", async () => {
  const weights = [reason("met", "City Bonn"), reason("not_known", "Rooms not known")];
  open({ verdict: "fits", points: 75, opted_out: false, rules: [], weights });
  expect(await screen.findByText("75")).toBeTruthy();
  expect(screen.getByText("of 100, a good fit")).toBeTruthy();
  expect(screen.getByText("+75")).toBeTruthy();
  expect(screen.getByText("Rooms not known")).toBeTruthy();
});

test("a lead just outside shows the limit that it breaks", async () => {
  const rules = [reason("not_met", "Rooms is 9, the limit is 8"), reason("met", "City Bonn")];
  open({ verdict: "just_outside", points: null, opted_out: false, failed_rule: 0, rules, weights: [] });
  expect(await screen.findByText("Just outside")).toBeTruthy();
  expect(screen.getByText("Rooms is 9, the limit is 8")).toBeTruthy();
  expect(screen.queryByText("City Bonn")).toBeNull();
});

test("without a main ICP there is no card", async () => {
  const { cache } = open({}, [{ ...ICP, main: false }]);
  await expect.poll(() => cache.isFetching()).toBe(0);
  expect(screen.queryByText("Fit")).toBeNull();
});
