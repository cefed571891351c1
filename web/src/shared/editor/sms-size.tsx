// What an SMS will be billed as: how long it is, in which encoding, and at which price.
import { useQuery } from "@tanstack/react-query";
import { pricesQuery } from "@/api/prices";
import { count, plural, price } from "@/shared/lib/format";
import { hasFields, segments } from "./sms";

const ENCODINGS = { gsm7: "GSM-7", ucs2: "UCS-2" };

/** What fields the text has are filled in when it is sent: then its length is about right. */
export function SmsSize({ text }: { text: string }) {
  const found = segments(text);
  const open = hasFields(text);
  return (
    <span className="text-meta text-ink-2">
      {`${open ? "About " : ""}${count(found.units)} characters${open ? " before fields are filled in" : ""}, `}
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
