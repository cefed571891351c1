import { useQuery } from "@tanstack/react-query";
import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { settingsQuery } from "./queries";
import { RecordingSection } from "./recording-section";

const settings = { recording: { enabled: false, countries_off: ["DE"], keep_days: 90 }, rev: 4 };

test("recordings are switched on with a notice, kept for some days, and off in some countries", async () => {
  const { sent } = renderPage(SectionPage, "/sending", "/sending", {
    "GET /api/settings": settings,
    "PATCH /api/settings": settings,
  });
  const bodies = () => sent.filter((s) => s.method === "PATCH").map((s) => s.body);
  const change = async (label: string, value: string) =>
    fireEvent.change(await screen.findByLabelText(label), { target: { value } });
  await change("Calls that the app places", "notice");
  await expect.poll(bodies).toEqual([{ recording: { enabled: true } }]);
  await change("Delete recordings after", "30");
  await expect.poll(() => bodies().at(-1)).toEqual({ recording: { keep_days: 30 } });
  const countries = await screen.findByRole("combobox", { name: "Countries without recordings" });
  fireEvent.change(countries, { target: { value: "austria" } });
  fireEvent.click(screen.getByRole("option", { name: /^Austria/ }));
  fireEvent.click(screen.getByRole("button", { name: "Save countries without recordings" }));
  await expect.poll(() => bodies().at(-1)).toEqual({ recording: { countries_off: ["DE", "AT"] } });
});

function SectionPage() {
  const query = useQuery(settingsQuery);
  return query.data ? <RecordingSection settings={query.data} /> : null;
}
