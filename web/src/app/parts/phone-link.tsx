// A phone number that calls when it is clicked.
import { phone } from "@/shared/lib/format";

export function PhoneLink({ number }: { number: string }) {
  return (
    <a href={`tel:${number}`} className="text-accent-ink hover:underline">
      {phone(number)}
    </a>
  );
}

/** "Call" beside a number whose own click edits it. */
export function CallLink({ number }: { number?: string | null }) {
  return number ? (
    <a
      href={`tel:${number}`}
      aria-label={`Call ${phone(number)}`}
      className="font-medium text-accent-ink hover:underline"
    >
      Call
    </a>
  ) : null;
}
