// The size of an SMS as it will be billed: its length, the messages that it takes, what makes it dearer, and its price.
import { useQuery } from "@tanstack/react-query";
import { pricesQuery } from "@/api/prices";
import { count, plural } from "@/shared/lib/format";
import { price } from "@/shared/lib/money";
import { hasFields, segments } from "./sms";

/** Merge fields are filled in when it is sent: then the length is only approximate. */
export function SmsSize({ text }: { text: string }) {
  const found = segments(text);
  const open = hasFields(text);
  return (
    <span className="text-meta text-ink-2">
      {`${open ? "About " : ""}${plural(found.units, "character")}${open ? " before fields are filled in" : ""}, `}
      <SmsBill segments={found.count} encoding={found.encoding} odd={found.odd} />
    </span>
  );
}

export function SmsBill({ segments: n, encoding, odd }: { segments: number; encoding: "gsm7" | "ucs2"; odd?: string }) {
  const settings = useQuery(pricesQuery).data;
  const each = settings?.prices?.sms_segment_micros;
  return (
    <>
      {count(n)} SMS
      {encoding === "ucs2" ? `, ${odd ? `“${odd}” halves` : "the signs halve"} the room` : ""}
      {settings ? `, ${typeof each === "number" ? price(each * n, settings.currency) : "no price set"}` : ""}
    </>
  );
}
