import { expect, test } from "vitest";
import { asOwn, watchOwnVisits } from "./own-visits";
import { endSession, rememberIdentity } from "./session";

test("the browser is marked while somebody is signed in", () => {
  watchOwnVisits();
  const user = {
    id: "user_1",
    name: "Maya",
    email: "maya@x.example",
    role: "owner",
    email_proof: "proven",
    phone_proven: false,
    workspaces: 1,
  } as const;
  rememberIdentity({
    user,
    workspace: { id: "workspace_1", name: "Acme", country: "GB", currency: "GBP", zone: "Europe/London" },
    sees: "all" as const,
    second_factor_needed: false,
  });
  expect(document.cookie).toContain("leadflow_team=workspace_1");
  endSession();
  expect(document.cookie).not.toContain("workspace_1");
  expect(asOwn("https://x.example/preview/t")).toBe("https://x.example/preview/t#own");
});
