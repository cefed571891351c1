import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
import { Unmatched } from "./list";

// Loaded when first opened: not in a test's time.
import "./link-dialog";
import "./new-lead-dialog";

const message = (id: string, more: object = {}) => ({
  ...{
    id,
    channel: "email",
    from: "ann@two.example",
    from_name: "Ann Lund",
    subject: "Re: Hello",
    text: "Who are you?",
  },
  understood: { kind: "person", intent: "neutral", rule: "no_sign", sentence: "", by: "rules" },
  received_at: "2026-11-17T10:00:00Z",
  ...more,
});

const page = (...items: object[]) => ({ items, next_cursor: null });
const LIST = "GET /api/inbox/unmatched";
const show = (answers: Record<string, unknown>, role?: "read_only") =>
  renderPage(Unmatched, "/inbox", "/inbox", { [LIST]: page(message("unmatched_1")), ...answers }, role);
const press = async (name: string | RegExp) => fireEvent.click(await screen.findByRole("button", { name }));

test("a message is linked to a suggested lead, and its address is remembered", async () => {
  const { sent } = show({
    "GET /api/inbox/unmatched/unmatched_1/suggestions": {
      leads: [{ id: "lead_1", name: "Elena Lind", company: "Linden", email: "elena@linden.example", fits: "thread" }],
    },
    "POST /api/inbox/unmatched/unmatched_1/link": { lead_id: "lead_1", lead_name: "Elena Lind", message_id: "msg_1" },
  });
  await press(/^Link to a lead/);
  fireEvent.click(await screen.findByRole("radio", { name: /Elena Lind.*In this thread/ }));
  await press(/^Link$/);
  await screen.findByText("Linked to Elena Lind");
  const linked = sent.find((one) => one.path.endsWith("/link"));
  expect(linked?.body).toEqual({ lead_id: "lead_1", learns_address: true });
});

test("a colleague who was faster is named, and nothing is lost", async () => {
  show({
    "GET /api/inbox/unmatched/unmatched_1/suggestions": { leads: [{ id: "lead_1", name: "Elena", fits: "name" }] },
    "POST /api/inbox/unmatched/unmatched_1/link": refusal(409, {
      code: "decided_before",
      detail: "Tom has linked this message to Marcus.",
    }),
  });
  await press(/^Link to a lead/);
  fireEvent.click(await screen.findByRole("radio", { name: /Elena/ }));
  await press(/^Link$/);
  await screen.findByText("Tom has linked this message to Marcus.");
});

test("a lead that has the address already is offered instead of a second one", async () => {
  const { sent } = show({
    "POST /api/leads": refusal(409, {
      code: "duplicate_lead",
      detail: "Ann Lund has this address or number already.",
      errors: [
        { field: "email", detail: "belongs to another lead" },
        { field: "lead_id", detail: "lead_7" },
      ],
    }),
    "POST /api/inbox/unmatched/unmatched_1/link": { lead_id: "lead_7", lead_name: "Ann Lund", message_id: "msg_1" },
  });
  await press(/^Create lead/);
  expect((await screen.findByLabelText<HTMLInputElement>("First name")).value).toBe("Ann");
  await press("Create lead and reply");
  await press("Link the message to this lead");
  await waitFor(() => expect(sent.find((one) => one.path.endsWith("/link"))?.body.lead_id).toBe("lead_7"));
});

test("a dismissed message can be brought back", async () => {
  const { sent } = show({ "POST /api/inbox/unmatched/unmatched_1/dismiss": message("unmatched_1") });
  await press(/^Dismiss/);
  await press(/Undo/);
  await waitFor(() => expect(sent.some((one) => one.path.endsWith("/restore"))).toBe(true));
});

test("an opt-out says that its address is suppressed, and readers have no buttons", async () => {
  const understood = { kind: "opt_out", intent: null, rule: "opt_out_wording", sentence: "", by: "rules" };
  show({ [LIST]: page(message("unmatched_2", { understood })) }, "read_only");
  await screen.findByText("Opted out: the address is on the suppression list.");
  expect(screen.queryByRole("button", { name: /Dismiss/ })).toBeNull();
});

test("no message says what will stand here", async () => {
  show({ [LIST]: page() });
  await screen.findByText("No unmatched messages");
});
