// The button that calls a lead, on the lead's page and beside the list. Where no account places calls, the device's phone does.
import { Phone } from "lucide-react";
import type { LeadRow } from "@/api/types";
import { phone } from "@/shared/lib/format";
import { buttonStyle } from "@/shared/ui/button";
import { Key } from "@/shared/ui/key";
import { CallAction } from "./phone-link";

/** The number that a lead is called at; none where nothing may reach the lead, or where it may have opted out. */
export const numberToCall = (lead: {
  phone?: LeadRow["phone"];
  second_phone?: string | null;
  do_not_contact?: boolean;
  possible_opt_out?: unknown;
}) => (lead.do_not_contact || lead.possible_opt_out ? undefined : (lead.phone ?? lead.second_phone ?? undefined));

export function CallLead({ number, lead }: { number: string; lead: string }) {
  return (
    <CallAction number={number} lead={lead} title={phone(number)} className={buttonStyle({})}>
      <Phone size={15} aria-hidden="true" /> Call <Key>P</Key>
    </CallAction>
  );
}
