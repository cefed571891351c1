import { expect, test, vi } from "vitest";
import { onOtherWorkspace, type Session, startSession } from "./session";

const session = (workspace: string): Session => ({
  access_token: "access",
  refresh_token: "refresh",
  expires_in: 900,
  user: {
    id: "user_1",
    name: "Maya",
    email: "maya@x.example",
    role: "owner",
    email_proof: "proven",
    phone_proven: false,
    workspaces: 2,
  },
  workspace: { id: workspace, name: workspace, country: "GB", currency: "GBP", zone: "Europe/London" },
  sees: "all" as const,
  second_factor_needed: false,
});
const KEY = "leadflow.access";
const hear = (kind: "storage" | "pageshow") => window.dispatchEvent(new Event(kind));

test("a page hears of another workspace by the other tab's tokens, and when it comes back", () => {
  startSession(session("quay"));
  const moved = vi.fn();
  const stop = onOtherWorkspace(moved);
  hear("storage");
  hear("pageshow");
  expect(moved).not.toHaveBeenCalled();
  const quay = localStorage.getItem(KEY) ?? "";
  localStorage.setItem(KEY, quay.replaceAll("quay", "quays"));
  hear("storage");
  hear("pageshow");
  expect(moved).toHaveBeenCalledTimes(2);
  localStorage.removeItem(KEY);
  hear("storage");
  expect(moved).toHaveBeenCalledTimes(2);
  stop();
  localStorage.setItem(KEY, quay.replaceAll("quay", "harbour"));
  hear("storage");
  expect(moved).toHaveBeenCalledTimes(2);
});
