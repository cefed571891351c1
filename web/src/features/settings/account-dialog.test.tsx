import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { ProofDialog } from "@/app/auth/proof-dialog";
import { refusal, renderPage } from "@/test-page";
import { AccountDialog } from "./account-dialog";
import type { AccountView } from "./queries";

const CHATS: AccountView = {
  id: "account_1",
  name: "Chats",
  kind: "whatsapp",
  settings: {
    kind: "whatsapp",
    base_url: "https://graph.example/v23.0",
    phone_number_id: "106540352242922",
    from_number: "+12065550100",
  },
  secrets: [],
  ahead: [],
  enabled: true,
  state: "untested",
  created_at: "2027-03-01T09:00:00Z",
  rev: 3,
};

test("a verify token that was made anew is shown before the dialog closes", async () => {
  let closed = false;
  renderPage(
    () => <AccountDialog kind="whatsapp" account={CHATS} onClose={() => (closed = true)} />,
    "/settings",
    "/settings",
    { "PATCH /api/settings/accounts/account_1": { ...CHATS, generated_secret: "0123abcd", rev: 4 } },
  );
  fireEvent.click(await screen.findByText("Save changes"));
  expect(await screen.findByText("0123abcd")).toBeTruthy();
  expect(screen.getByText(/Saved. Copy your new secret/)).toBeTruthy();
  expect(closed).toBe(false);
  fireEvent.click(screen.getByText("I have copied it"));
  expect(closed).toBe(true);
});

test("where the mailbox is read is asked for bit by bit", async () => {
  const { sent } = renderPage(() => <AccountDialog kind="smtp" onClose={() => {}} />, "/settings", "/settings", {
    "POST /api/settings/accounts": { id: "account_2" },
  });
  const fill = async (label: string, value: string) =>
    fireEvent.change(await screen.findByLabelText(label), { target: { value } });
  await screen.findByLabelText("IMAP server");
  expect(screen.getByText(/Replies are read there/)).toBeTruthy();
  expect(screen.queryByLabelText("IMAP port")).toBeNull();
  expect(screen.queryByLabelText("IMAP password")).toBeNull();
  await fill("IMAP server", "imap.acme.example");
  expect((await screen.findByLabelText<HTMLInputElement>("IMAP port")).value).toBe("993");
  expect(screen.getByLabelText("IMAP password")).toBeTruthy();
  for (const [label, value] of [
    ["Label", "Maya"],
    ["Address", "maya@acme.example"],
    ["From name", "Maya"],
    ["SMTP server", "smtp.acme.example"],
    ["User name", "maya"],
    ["Password", "hunter2"],
    ["IMAP port", ""],
  ] as const)
    await fill(label, value);
  fireEvent.click(screen.getByText("Connect"));
  expect(await screen.findByText("IMAP port is required.")).toBeTruthy();
  await fill("IMAP port", "143");
  fireEvent.click(screen.getByText("Connect"));
  const saved = () => sent.filter((one) => one.method === "POST" && one.path === "/api/settings/accounts");
  await waitFor(() => expect(saved().length).toBe(1));
  expect(saved()[0]?.body).toMatchObject({
    settings: { kind: "smtp", imap: { host: "imap.acme.example", port: 143, security: "tls" } },
    secret: { password: "hunter2" },
  });
});

test("a changed account is saved once the user has shown that it is them", async () => {
  const path = "PATCH /api/settings/accounts/account_1";
  const answers: Record<string, unknown> = {
    [path]: refusal(403, { status: 403, code: "proof_needed", detail: "Confirm that it is you." }),
    "GET /api/auth/totp": { on: false, has_password: true, recovery_codes_left: 0 },
    "POST /api/auth/confirm": null,
  };
  let closed = false;
  const { sent } = renderPage(
    () => (
      <>
        <AccountDialog kind="whatsapp" account={CHATS} onClose={() => (closed = true)} />
        <ProofDialog />
      </>
    ),
    "/settings",
    "/settings",
    answers,
  );
  fireEvent.click(await screen.findByText("Save changes"));
  await screen.findByRole("dialog", { name: "Confirm that it is you" });
  fireEvent.change(await screen.findByLabelText("Password"), { target: { value: "a long password" } });
  answers[path] = { ...CHATS, rev: 4 };
  fireEvent.click(screen.getByRole("button", { name: "Continue" }));
  await waitFor(() => expect(closed).toBe(true));
  expect(sent.map((one) => one.method)).toEqual(["PATCH", "POST", "PATCH"]);
});
