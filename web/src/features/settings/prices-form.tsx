// Message prices for the simulation and the editors: providers differ, so the workspace sets them.
import { price } from "@/shared/lib/money";
import { microsOf, textOfMicros } from "@/shared/lib/spend";
import { type Format, PartForm } from "./part-form";
import type { SettingsView } from "./queries";

const PRICE: Format = {
  inputMode: "decimal",
  text: textOfMicros,
  number: microsOf,
  fault: "Enter a number with up to six decimals.",
};

const words = ({ prices, currency }: SettingsView) => {
  const each = (what: string, micros?: number | null) =>
    `${what} ${typeof micros === "number" ? price(micros, currency) : "no price"}`;
  return [
    each("an e-mail", prices.email_micros),
    each("a segment of an SMS", prices.sms_segment_micros),
    each("a WhatsApp message", prices.whatsapp_micros),
  ].join(", ");
};

export function PricesForm({ settings }: { settings: SettingsView }) {
  return (
    <PartForm
      settings={settings}
      part="prices"
      title="Message prices"
      note={`in ${settings.currency}`}
      intro="Shown before anything is sent. See your provider's price list for the countries you send to. Leave empty for no price."
      fields={[
        { key: "email_micros", label: "An e-mail", format: PRICE },
        {
          key: "sms_segment_micros",
          label: "One SMS segment",
          help: "A long text, or one with a character such as ’, has several segments.",
          format: PRICE,
        },
        {
          key: "whatsapp_micros",
          label: "A WhatsApp message",
          help: "An approved template to someone who has not written recently.",
          format: PRICE,
        },
      ]}
      words={words}
      save="Save prices"
    />
  );
}
