import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { AsOfNote } from "./as-of";
import { LeadsPage } from "./page";

const open = (answer: object) =>
  renderPage(LeadsPage, "/leads", "/leads", {
    "GET /api/leads": { items: [], total: 0, ...answer },
    "GET /api/views": { items: [] },
  });

test("a note has the clock's time today, and the day besides on any other", () => {
  const at = new Date(2026, 10, 20, 14, 3);
  const { unmount } = render(<AsOfNote at={at} now={new Date(2026, 10, 20, 14, 5)} />);
  expect(screen.getByRole("status").textContent).toBe("Shows changes up to 14:03. Newer ones follow.");
  unmount();
  render(<AsOfNote at={at} now={new Date(2026, 10, 21, 9, 0)} />);
  expect(screen.getByRole("status").textContent).toBe("Shows changes up to yesterday 14:03. Newer ones follow.");
});

test("a list that is behind says so", async () => {
  open({ as_of: new Date().toISOString() });
  expect(await screen.findByText(/^Shows changes up to \d\d:\d\d\. Newer ones follow\.$/)).toBeTruthy();
});

test("a list that is up to date says nothing of it", async () => {
  open({});
  await screen.findByText("No leads yet");
  expect(screen.queryByText(/Shows changes up to/)).toBeNull();
});
