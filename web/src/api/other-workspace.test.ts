import { expect, test, vi } from "vitest";
import { onOtherWorkspace, type Session, startSession } from "./session";

const session = (workspace: string): Session => ({
  access_token: "access",
  refresh_token: "refresh",
  expires_in: 900,
  user: { id: "user_1", name: "Maya", email: "maya@x.example", role: "owner", workspaces: 2 },
  workspace: { id: workspace, name: workspace, country: "GB", currency: "GBP", zone: "Europe/London" },
});
const kept = () => localStorage.getItem("leadflow.access");
const stored = (newValue: string | null) =>
  window.dispatchEvent(new StorageEvent("storage", { key: "leadflow.access", newValue }));
const shown = (persisted: boolean) => {
  const event = new Event("pageshow");
  Object.defineProperty(event, "persisted", { value: persisted });
  window.dispatchEvent(event);
};

test("a page hears of another workspace by the other tab's tokens, and when it comes back", () => {
  startSession(session("quay"));
  const quay = kept();
  const moved = vi.fn();
  const stop = onOtherWorkspace(moved);
  stored(quay);
  stored(null);
  stored("nonsense");
  shown(true);
  expect(moved).not.toHaveBeenCalled();
  const harbour = quay?.replaceAll("quay", "harbour") ?? "";
  stored(harbour);
  expect(moved).toHaveBeenCalledTimes(1);
  localStorage.setItem("leadflow.access", harbour);
  shown(false);
  expect(moved).toHaveBeenCalledTimes(1);
  shown(true);
  expect(moved).toHaveBeenCalledTimes(2);
  stop();
  stored(harbour);
  expect(moved).toHaveBeenCalledTimes(2);
});
