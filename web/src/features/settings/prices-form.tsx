// What messages cost, for the simulation and the editors: providers differ, so it is for the workspace to say.
import { price } from "@/shared/lib/format";
import { type Format, PartForm } from "./part-form";
import { microsOf, textOfMicros } from "./prices";
import type { SettingsView } from "./queries";

const PRICE: Format = {
  inputMode: "decimal",
  text: textOfMicros,
  number: microsOf,
  fault: "This is no price: a number with up to six decimals.",
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
      title="What messages cost"
      note={`in ${settings.currency}`}
      intro="Shown before anything is sent. Your provider's price list tells it for the countries that you write to. Empty: no price set."
      fields={[
        { key: "email_micros", label: "An e-mail", format: PRICE },
        {
          key: "sms_segment_micros",
          label: "One segment of an SMS",
          help: "A long text, or one with a character such as ’, has several.",
          format: PRICE,
        },
        {
          key: "whatsapp_micros",
          label: "A WhatsApp message",
          help: "An approved template to somebody who has not written lately.",
          format: PRICE,
        },
      ]}
      words={words}
      save="Save the prices"
    />
  );
}
