import { useQuery } from "@tanstack/react-query";
import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { settingsQuery } from "./queries";
import { Choices } from "./sending";

const settings = {
  when_uncertain: "hold",
  when_late: "hold",
  endings: { bounce: "everything", text_stop: "channel" },
  company_hold_days: 7,
  rev: 4,
};

test("each choice sends itself alone, and undo brings back what it was", async () => {
  const { sent } = renderPage(ChoicesPage, "/sending", "/sending", {
    "GET /api/settings": settings,
    "PATCH /api/settings": settings,
  });
  const choose = async (label: string, value: string) =>
    fireEvent.change(await screen.findByLabelText(label), { target: { value } });
  const bodies = () => sent.filter((s) => s.method === "PATCH").map((s) => s.body);
  await choose("After a hard bounce", "channel");
  await choose("When a lead opts out of texts", "everything");
  await expect.poll(bodies).toEqual([{ endings: { bounce: "channel" } }, { endings: { text_stop: "everything" } }]);
  await choose("When a colleague replies, books or pays", "5");
  await expect.poll(() => bodies().at(-1)).toEqual({ company_hold_days: 5 });
  fireEvent.click((await screen.findAllByText("Undo")).at(-1) as HTMLElement);
  await expect.poll(() => bodies().at(-1)).toEqual({ company_hold_days: 7 });
});

function ChoicesPage() {
  const query = useQuery(settingsQuery);
  return query.data ? <Choices settings={query.data} /> : null;
}
