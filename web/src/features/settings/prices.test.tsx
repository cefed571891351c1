import { useQuery } from "@tanstack/react-query";
import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { microsOf, textOfMicros } from "@/shared/lib/spend";
import { renderPage } from "@/test-page";
import { PricesForm } from "./prices-form";
import { settingsQuery } from "./queries";

test("a price is read and written to the millionth", () => {
  expect([microsOf("0.0079"), microsOf("0,1"), microsOf("12")]).toEqual([7_900, 100_000, 12_000_000]);
  expect([microsOf(""), microsOf("-1"), microsOf("0.0000001"), microsOf("1e3")]).toEqual(Array(4).fill(undefined));
  expect([textOfMicros(7_900), textOfMicros(12_000_000), textOfMicros(0), textOfMicros(null)]).toEqual([
    "0.0079",
    "12",
    "0",
    "",
  ]);
});

test("prices are saved on the revision that was seen; an empty one is not set", async () => {
  const settings = { currency: "EUR", prices: { email_micros: 100 }, rev: 4 };
  const { sent } = renderPage(PricesPage, "/prices", "/prices", {
    "GET /api/settings": settings,
    "PATCH /api/settings": { ...settings, rev: 5 },
  });
  const mail = (await screen.findByLabelText("An e-mail")) as HTMLInputElement;
  expect(mail.value).toBe("0.0001");
  fireEvent.change(mail, { target: { value: "" } });
  const sms = screen.getByLabelText("One SMS segment");
  fireEvent.change(sms, { target: { value: "free" } });
  fireEvent.click(screen.getByText("Save prices"));
  expect(await screen.findByText(/Enter a number with up to six decimals/)).toBeTruthy();
  fireEvent.change(sms, { target: { value: "0.0079" } });
  fireEvent.change(screen.getByLabelText("A WhatsApp message"), { target: { value: "0,065" } });
  fireEvent.click(screen.getByText("Save prices"));
  await expect
    .poll(() => sent.find((s) => s.method === "PATCH")?.body)
    .toEqual({ prices: { email_micros: null, sms_segment_micros: 7_900, whatsapp_micros: 65_000 }, rev: 4 });
});

function PricesPage() {
  const query = useQuery(settingsQuery);
  return query.data ? <PricesForm settings={query.data} /> : null;
}
