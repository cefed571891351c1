import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { WritingSection } from "./writing";

test("AI reading says what leaves the app and what it costs, and is switched on alone", async () => {
  const settings = { ai_enabled: true, ai_reads_answers: false, enrichment_enabled: true, house_voice: "", rev: 4 };
  const { sent } = renderPage(WritingSection, "/writing", "/writing", {
    "GET /api/settings": settings,
    "PATCH /api/settings": { ...settings, ai_reads_answers: true, rev: 5 },
  });
  const reading = await screen.findByLabelText(/^AI reading of answers/);
  expect(screen.getByText(/also from private mailboxes, is then sent to your model's provider/)).toBeTruthy();
  fireEvent.click(reading);
  await expect.poll(() => sent.find((s) => s.method === "PATCH")?.body).toMatchObject({ ai_reads_answers: true });
});
