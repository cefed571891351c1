import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { AccountDialog } from "./account-dialog";
import { type MailboxProposal, proposedTexts, sourceWords } from "./mailbox-proposal";

const server = (host: string, port: number) => ({
  host,
  port,
  security: "tls" as const,
  username: "maya@firm.example",
});
const STRATO: MailboxProposal = {
  provider: "Strato",
  found_by: "mail_servers",
  sign_in: "password",
  smtp: server("smtp.strato.de", 465),
  imap: server("imap.strato.de", 993),
  is_off_at_first: false,
  help_url: "https://www.strato.de/faq/",
};

const open = (proposal: MailboxProposal | null, onConnectAt?: (provider: string, begun: object) => void) =>
  renderPage(
    () => <AccountDialog kind="smtp" onConnectAt={onConnectAt} onClose={() => {}} />,
    "/settings",
    "/settings",
    { "POST /api/settings/mailbox-proposal": { proposal } },
  );

const field = async (label: string) => (await screen.findByLabelText(label)) as HTMLInputElement;
const fill = async (label: string, value: string) => fireEvent.change(await field(label), { target: { value } });

test("the address's servers are filled in, and said why", async () => {
  const { sent } = open(STRATO);
  await fill("Address", "Maya@firm.example");
  await waitFor(async () => expect((await field("SMTP server")).value).toBe("smtp.strato.de"));
  expect((await field("Port")).value).toBe("465");
  expect((await field("User name")).value).toBe("maya@firm.example");
  expect((await field("IMAP server")).value).toBe("imap.strato.de");
  expect(screen.getByText(/because Strato takes the mail for firm.example/)).toBeTruthy();
  expect(sent.filter((one) => one.path.endsWith("mailbox-proposal")).map((one) => one.body)).toEqual([
    { address: "maya@firm.example" },
  ]);
});

test("what was typed is never overwritten", async () => {
  open(STRATO);
  await fill("SMTP server", "mail.firm.example");
  await fill("Address", "maya@firm.example");
  await waitFor(async () => expect((await field("IMAP server")).value).toBe("imap.strato.de"));
  expect((await field("SMTP server")).value).toBe("mail.firm.example");
  expect((await field("Port")).value).toBe("587");
});

test("what one address brought goes with the next, and what was typed stays", async () => {
  const answers: Record<string, unknown> = { "POST /api/settings/mailbox-proposal": { proposal: STRATO } };
  renderPage(() => <AccountDialog kind="smtp" onClose={() => {}} />, "/settings", "/settings", answers);
  await fill("User name", "me");
  await fill("Address", "maya@firm.example");
  await waitFor(async () => expect((await field("SMTP server")).value).toBe("smtp.strato.de"));
  answers["POST /api/settings/mailbox-proposal"] = { proposal: { ...STRATO, sign_in: "microsoft" } };
  await fill("Address", "maya@other.example");
  await waitFor(async () => expect((await field("SMTP server")).value).toBe(""));
  expect((await field("Port")).value).toBe("587");
  expect((await field("User name")).value).toBe("me");
});

test("a mailbox at Microsoft is pointed to Microsoft, with what was typed", async () => {
  const went: unknown[] = [];
  open({ ...STRATO, provider: "Microsoft 365", sign_in: "microsoft" }, (provider, begun) =>
    went.push([provider, begun]),
  );
  await fill("Label", "Maya");
  await fill("Address", "maya@firm.example");
  fireEvent.click(await screen.findByRole("button", { name: "Connect at Microsoft instead" }));
  expect((await field("SMTP server")).value).toBe("");
  expect(went).toEqual([
    ["microsoft", { name: "Maya", "settings.from_address": "maya@firm.example", "settings.from_name": "" }],
  ]);
});

test("a private Gmail address is told about app passwords", async () => {
  open({ ...STRATO, provider: "Gmail", found_by: "address", sign_in: "app_password" });
  await fill("Address", "maya@gmail.com");
  expect(await screen.findByText(/Gmail takes an app password here/)).toBeTruthy();
  expect(screen.getByRole("link", { name: /Create an app password/ })).toBeTruthy();
});

test("an unknown domain changes nothing", async () => {
  const { sent } = open(null);
  await fill("Address", "maya@firm.example");
  await waitFor(() => expect(sent.some((one) => one.path.endsWith("mailbox-proposal"))).toBe(true));
  expect((await field("Port")).value).toBe("587");
  expect(screen.queryByRole("status")).toBeNull();
});

test("servers that take no password are not filled in", () => {
  for (const sign_in of ["microsoft", "other_page", "local_bridge"] as const)
    expect(proposedTexts({ ...STRATO, sign_in })).toEqual({});
  const other = { ...STRATO, imap: { ...STRATO.imap, username: "maya" } };
  expect(proposedTexts(other)["settings.imap.username"]).toBe("maya");
  expect(sourceWords({ ...STRATO, found_by: "service_records" }, "a@firm.example")).toBe(
    "from the DNS records of firm.example",
  );
});
