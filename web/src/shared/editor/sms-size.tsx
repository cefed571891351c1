// What an SMS will be billed as: how long it is, in which encoding, and at which price.
import { useQuery } from "@tanstack/react-query";
import { pricesQuery } from "@/api/prices";
import { count, plural, price } from "@/shared/lib/format";
import { segments } from "./sms";

const ENCODINGS = { gsm7: "GSM-7", ucs2: "UCS-2" };

/** `template`: its fields have no values yet. */
export function SmsSize({ text, template }: { text: string; template?: boolean }) {
  const found = segments(text);
  return (
    <span className="text-meta text-ink-2">
      {`${count(found.units)} characters${template ? " before values" : ""}, `}
      <SmsBill segments={found.count} encoding={found.encoding} odd={found.odd} />
    </span>
  );
}

export function SmsBill({ segments: n, encoding, odd }: { segments: number; encoding: "gsm7" | "ucs2"; odd?: string }) {
  const settings = useQuery(pricesQuery).data;
  const each = settings?.prices?.sms_segment_micros;
  return (
    <>
      {plural(n, "segment")}, {ENCODINGS[encoding]}
      {odd ? ` because of “${odd}”` : ""}
      {settings ? `, ${typeof each === "number" ? price(each * n, settings.currency) : "no price set"}` : ""}
    </>
  );
}
