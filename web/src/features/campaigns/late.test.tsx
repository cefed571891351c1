import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { LatePeople } from "./late";

const open = (late: number, may = true) =>
  renderPage(
    () => <LatePeople campaign="campaign_1" late={late} may={may} />,
    "/campaigns/$id",
    "/campaigns/campaign_1",
    { "POST /api/campaigns/campaign_1/late": { id: "campaign_1" } },
  );

test("one question stands for all who are late, and its answer is sent once", async () => {
  const { sent } = open(10000);
  expect(await screen.findByText(/The messages of 10,000 people were to go out/)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Skip the step" }));
  expect(await screen.findByText("The step is left out; the next one's delay starts now")).toBeTruthy();
  expect(sent.map((s) => s.body.then)).toEqual(["skip"]);
});

test("who may not decide is told, and asked nothing", async () => {
  open(1, false);
  expect(await screen.findByText(/The message of 1 person was to go out/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: /Send|Skip/ })).toBeNull();
});
