// Money that look-ups, models and calls cost: amounts in US dollars, as people read and type them, and the names of providers.
import { price } from "./money";

/** Providers bill in US dollars. */
export const dollars = (micros: number) => price(micros, "USD");

/** In whole cents from a cent on: for sums, where "$4.30" says enough. */
export const cents = (micros: number) => dollars(micros < 10_000 ? micros : Math.round(micros / 10_000) * 10_000);

const PROVIDERS: Record<string, string> = {
  apify: "Apify",
  apollo: "Apollo",
  broken_off: "Work that broke off",
  calls: "Phone calls",
  chat_model: "Models",
  hunter: "Hunter",
  people_data_labs: "People Data Labs",
  serpapi: "SerpApi",
  serper: "Serper",
  twilio: "Twilio",
  webhook: "Webhooks",
  website: "Own website",
  zerobounce: "ZeroBounce",
};

export const providerName = (provider: string) => PROVIDERS[provider] ?? provider;

/** Reads a price without a rounding error; `undefined`: it is no price. */
export function microsOf(text: string): number | undefined {
  const found = /^(\d{1,6})(?:[.,](\d{1,6}))?$/.exec(text.trim());
  if (!found) return undefined;
  return Number(found[1]) * 1_000_000 + Number((found[2] ?? "").padEnd(6, "0"));
}

export function textOfMicros(micros: number | null | undefined): string {
  if (micros === null || micros === undefined) return "";
  const whole = Math.floor(micros / 1_000_000);
  const rest = String(micros % 1_000_000)
    .padStart(6, "0")
    .replace(/0+$/, "");
  return rest ? `${whole}.${rest}` : String(whole);
}

/** Reads a cap: `null` for none, `undefined` if it is no amount. */
export const capOf = (text: string): number | null | undefined => (text.trim() ? microsOf(text) : null);
