import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { Thread } from "./thread";

const message = (id: string, more: object) => ({
  ...{ id, direction: "out", channel: "email", from: "maya@northquay.example", to: "marcus@hale.example" },
  ...{ subject: "Two minutes?", text: "Hi", created_at: "2026-11-17T10:00:00Z", ...more },
});

test("what did not arrive says why, in words and in those of the server", async () => {
  renderPage(() => <Thread lead="lead_2" onBack={() => undefined} onDone={() => undefined} />, "/inbox", "/inbox", {
    "GET /api/inbox/lead_2": {
      conversation: { lead_id: "lead_2", folder: "open", channel: "email", unread: 0 },
      lead: { id: "lead_2", name: "Marcus Hale", email: "marcus@hale.example", score: 79, status: "replied" },
      stopped: [],
      channels: [],
      messages: [
        message("m1", {
          state: "bounced",
          failure: { class: "hard_unknown_user", code: "550 5.1.1", detail: "550 5.1.1 No such user here" },
        }),
        message("m2", { state: "failed", failure: { class: "not_allowed", code: null, detail: "Asked to stop." } }),
        message("m3", { state: "failed" }),
      ],
    },
  });
  await screen.findByText("Bounced: unknown address or number (550 5.1.1 No such user here)");
  await screen.findByText("Not sent: sending to them is not allowed (Asked to stop.)");
  await screen.findByText("Not sent");
});

const elsewhere = (more: object) => ({
  conversation: { lead_id: "lead_2", folder: "open", channel: "email", unread: 0 },
  lead: { id: "lead_2", name: "Marcus Hale", email: "marcus@hale.example", score: 79, status: "replied" },
  stopped: [],
  channels: [{ channel: "email", open: true }],
  messages: [message("m1", { direction: "in", from: "marcus@private.example", subject: "Re: Two minutes?" })],
  reply_to: "marcus@private.example",
  ...more,
});
const thread = (answers: Record<string, unknown>) =>
  renderPage(
    () => <Thread lead="lead_2" onBack={() => undefined} onDone={() => undefined} />,
    "/inbox",
    "/inbox",
    answers,
  );

const OPENED = { "GET /api/emails/draft/of/lead_2": new Response("null") };
const SENT = { id: "m9", created_at: "2026-11-17T10:05:00Z", planned_for: "2026-11-17T10:05:10Z" };
const reply = async () => {
  fireEvent.change(await screen.findByRole("textbox", { name: "Message" }), { target: { value: "Tuesday." } });
  fireEvent.click(screen.getByRole("button", { name: "Send" }));
};

test("a reply goes to where the mail came from, unless the lead's own address is chosen", async () => {
  const { sent } = thread({
    ...OPENED,
    "GET /api/inbox/lead_2": elsewhere({ unknown_address: null }),
    "POST /api/inbox/lead_2/answer": SENT,
  });
  expect(await screen.findByText("From marcus@private.example")).toBeTruthy();
  await reply();
  const to = () => sent.filter((one) => one.path.endsWith("/answer")).map((one) => one.body.to);
  await expect.poll(to).toEqual(["marcus@private.example"]);
  fireEvent.click(screen.getByRole("button", { name: "Reply to marcus@hale.example instead" }));
  await reply();
  await expect.poll(to).toEqual(["marcus@private.example", "marcus@hale.example"]);
});

test("a lead that WhatsApp names by an id alone is answered at that id", async () => {
  thread({
    ...OPENED,
    "GET /api/inbox/lead_2": elsewhere({
      conversation: { lead_id: "lead_2", folder: "open", channel: "whatsapp", unread: 0 },
      lead: { id: "lead_2", name: "Marcus Hale", whatsapp: "GB.1349", score: 79, status: "replied" },
      channels: [{ channel: "whatsapp", open: true }],
      messages: [message("m1", { direction: "in", channel: "whatsapp", from: "GB.1349" })],
      reply_to: null,
    }),
  });
  const whom = (_: string, element: Element | null) => element?.textContent === "WhatsApp to GB.1349";
  expect(await screen.findByText(whom, { selector: "span" })).toBeTruthy();
  expect(screen.getByText("WhatsApp id")).toBeTruthy();
});

test("an address that is not known is offered to be remembered", async () => {
  const { sent } = thread({
    ...OPENED,
    "GET /api/inbox/lead_2": elsewhere({ unknown_address: "marcus@private.example" }),
    "POST /api/inbox/lead_2/addresses": new Response(null, { status: 204 }),
  });
  fireEvent.click(await screen.findByRole("button", { name: "Remember as another address" }));
  expect(await screen.findByText(/is matched to Marcus Hale from now on/)).toBeTruthy();
  expect(sent.find((one) => one.path.endsWith("/addresses"))?.body).toEqual({ address: "marcus@private.example" });
});
