// The lead that an unmatched message proposes: its sender's name and address.
import type { Schema } from "@/api/types";
import type { UnmatchedView } from "./queries";

export interface LeadValues {
  first_name: string;
  last_name: string;
  company: string;
  email: string;
  phone: string;
}

const PREFIX = /^(dr|prof|mr|mrs|ms|herr|frau)\.?\s+/i;

/** "Lund, Ann" and "Ann Lund" alike; a name that is an address says nothing. */
export function proposedLead({ channel, from, from_name }: UnmatchedView): LeadValues {
  const [last, first] = from_name.split(",", 2).map((part) => part.trim());
  const whole = (first ? `${first} ${last}` : from_name).trim().replace(PREFIX, "");
  const words = whole.includes("@") ? [] : whole.split(/\s+/).filter(Boolean);
  return {
    first_name: words[0] ?? "",
    last_name: words.slice(1).join(" "),
    company: "",
    email: channel === "email" ? from : "",
    phone: channel !== "email" && from.startsWith("+") ? from : "",
  };
}

/** The id of the lead that has the address already, in the refusal of a new one. */
export const knownLead = (errors: readonly Schema["FieldError"][]) => errors.find((e) => e.field === "lead_id")?.detail;
