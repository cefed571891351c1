import { useQuery } from "@tanstack/react-query";
import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { CallsSection } from "./calls-section";
import { settingsQuery } from "./queries";

const settings = { calls: { countries: ["DE"] }, default_country: "GB", rev: 4 };

test("countries to call are named and saved as a list", async () => {
  const { sent } = renderPage(SectionPage, "/sending", "/sending", {
    "GET /api/settings": settings,
    "PATCH /api/settings": settings,
  });
  const countries = await screen.findByRole("combobox", { name: "Countries to call" });
  expect(screen.getByRole("button", { name: "Remove Germany" })).toBeTruthy();
  expect(screen.getByText(/besides United Kingdom/)).toBeTruthy();
  fireEvent.change(countries, { target: { value: "austria" } });
  fireEvent.click(screen.getByRole("option", { name: /^Austria/ }));
  fireEvent.click(screen.getByRole("button", { name: "Save countries to call" }));
  const bodies = () => sent.filter((s) => s.method === "PATCH").map((s) => s.body);
  await expect.poll(bodies).toEqual([{ calls: { countries: ["DE", "AT"] } }]);
});

function SectionPage() {
  const query = useQuery(settingsQuery);
  return query.data ? <CallsSection settings={query.data} /> : null;
}
