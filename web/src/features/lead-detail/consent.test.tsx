import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { civilDay } from "@/shared/lib/format";
import { refusal, renderPage } from "@/test-page";
// Loaded with the first toast: not in a test's time.
import "@/shared/ui/toast-list";
import { ConsentFacts, recordedWords } from "./consent";
import type { ChannelConsent, LeadDetail } from "./queries";

/** The day as the locale of the test writes it. */
const DAY = civilDay("2026-03-04", { day: "numeric", month: "short", year: "numeric" });

const recorded = {
  channel: "email",
  basis: "existing_customer",
  on: "2026-03-04",
  source: "hand",
  note: "Contract 7",
} as const;
const lead = { id: "lead_1", name: "Ada", custom: {}, consent: [recorded] } as unknown as LeadDetail;
const channels: ChannelConsent[] = [
  { channel: "email", allowed: true, needed: null, recorded },
  {
    channel: "sms",
    allowed: false,
    needed: { accepts: ["written_consent"], rule: "US law (TCPA) asks for written consent before marketing texts" },
    recorded: null,
  },
  {
    channel: "whatsapp",
    allowed: false,
    needed: null,
    recorded: { ...recorded, withdrawn_at: "2026-05-04T10:00:00Z" },
  },
];

/** `answers` may be changed while the page is open. */
const open = (answers: Record<string, unknown> = {}, may = true) => {
  answers["GET /api/leads/lead_1/consent"] = { channels };
  return renderPage(() => <ConsentFacts lead={lead} may={may} />, "/leads/$id", "/leads/lead_1", answers);
};

test("a consent is told with its basis, day and source", () => {
  expect(recordedWords(recorded)).toBe(`Existing customer, ${DAY}, by hand: Contract 7`);
  expect(recordedWords({ ...recorded, note: null, source: "import" })).toBe(
    `Existing customer, ${DAY}, from an import`,
  );
});

test("a missing and a withdrawn consent are shown with what is asked for", async () => {
  open({}, false);
  expect(await screen.findByText("None recorded")).toBeTruthy();
  expect(screen.getByText(/Campaigns hold the lead here: US law/)).toBeTruthy();
  expect(screen.getByText(/^Withdrawn/)).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});

test("a recorded consent is sent for its channel, and a refusal stands at its part", async () => {
  const answers: Record<string, unknown> = {
    "PATCH /api/leads/lead_1": refusal(422, {
      code: "invalid",
      title: "Invalid",
      errors: [{ field: "consent.sms.on", detail: "is in the future" }],
    }),
  };
  const { sent } = open(answers);
  fireEvent.click(await screen.findByLabelText("Record consent for SMS"));
  const dialog = within(await screen.findByRole("dialog"));
  expect((dialog.getByLabelText("Basis") as HTMLSelectElement).value).toBe("written_consent");
  fireEvent.change(dialog.getByLabelText("Basis"), { target: { value: "consent" } });
  expect(dialog.getByText(/does not suffice/)).toBeTruthy();
  fireEvent.change(dialog.getByLabelText("Date"), { target: { value: "2099-01-01" } });
  fireEvent.click(dialog.getByText("Save consent"));
  expect(await dialog.findByText(/is in the future/)).toBeTruthy();
  answers["PATCH /api/leads/lead_1"] = lead;
  fireEvent.change(dialog.getByLabelText("Date"), { target: { value: "2026-11-02" } });
  fireEvent.change(dialog.getByLabelText("Source"), { target: { value: " Fair " } });
  fireEvent.click(dialog.getByText("Save consent"));
  expect(await screen.findByText("Consent recorded")).toBeTruthy();
  expect(sent.filter((s) => s.method === "PATCH").at(-1)?.body).toEqual({
    consent: { sms: { basis: "consent", on: "2026-11-02", note: "Fair" } },
  });
});
