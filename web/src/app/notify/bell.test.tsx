import { useLocation } from "@tanstack/react-router";
import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { Bell } from "./bell";

function Page() {
  const { pathname } = useLocation();
  return (
    <>
      <Bell />
      <p data-testid="path">{pathname}</p>
    </>
  );
}

test("a reached cap leads to the page of what is spent", async () => {
  const note = {
    id: "notification_1",
    kind: "spend",
    title: "The month: the cap of $100.00 is reached",
    detail: "Calls are not made.",
    created_at: "2026-11-20T09:00:00Z",
  };
  renderPage(Page, "/settings/$section", "/settings/team", {
    "GET /api/notifications": { items: [note], unread: 1 },
  });
  fireEvent.click(await screen.findByRole("button", { name: "Notifications, 1 new" }));
  fireEvent.click(await screen.findByRole("button", { name: /the cap of \$100.00 is reached/ }));
  await expect.poll(() => screen.getByTestId("path").textContent).toBe("/settings/spend");
});
