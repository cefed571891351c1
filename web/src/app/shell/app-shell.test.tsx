import { screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { ApiProblem } from "@/api/errors";
import { proven } from "@/app/auth/proof";
// Loaded with the first question: not in a test's time.
import "@/app/auth/proof-dialog";
import { stagesStore } from "@/shared/lib/stages";
import { renderPage } from "@/test-page";
import { AppShell } from "./app-shell";

const stagesUnread = stagesStore.get();

afterEach(() => stagesStore.set(stagesUnread));

test("the question whether it is the user is drawn on every page", async () => {
  renderPage(AppShell, "/today", "/today", {
    "GET /api/auth/totp": { on: false, has_password: true },
    "GET /api/stages": stagesUnread,
  });
  await screen.findByRole("main");
  const stale = new ApiProblem({ status: 403, code: "proof_needed", detail: "Confirm that it is you." });
  const asked = proven(() => Promise.reject(stale));
  asked.catch(() => undefined);
  const dialog = await screen.findByRole("dialog", { name: "Confirm that it is you" });
  expect(dialog).toBeTruthy();
});
