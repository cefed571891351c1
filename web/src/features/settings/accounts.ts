// Code shared by the list of accounts and the page of one.
import { toast, toastProblem } from "@/shared/ui/toast";
import { type AccountView, useAccountMoves } from "./queries";

export const BOOKING_SERVICES = { cal_com: "Cal.com", calendly: "Calendly" };

/** The account's outside identity: an address, a number, a server. */
export function accountAddress(c: AccountView): string {
  const s = c.settings;
  switch (s.kind) {
    case "smtp":
      return [s.from_address, `${s.host}:${s.port}`].filter(Boolean).join(", ");
    case "inbound_email":
      return s.addresses.join(", ") || (s.topic_arn ?? "");
    case "bookings":
      return BOOKING_SERVICES[s.via];
    case "stripe":
      return [s.account_id, s.livemode ? "live" : "test"].filter(Boolean).join(", ");
    case "chat_model":
      return [s.model, s.base_url].filter(Boolean).join(", ");
    case "resend":
    case "email_sender":
      return s.from_address;
    case "twilio":
    case "whatsapp":
    case "sms_sender":
    case "whatsapp_sender":
      return s.from_number;
    case "serp_api":
    case "hunter":
    case "data_provider":
      return s.base_url;
  }
}

/** Switches an account off or on, with Undo in the toast. */
export function useFlip() {
  const { change } = useAccountMoves();
  return (c: AccountView) =>
    change.mutate(
      { id: c.id, body: { enabled: !c.enabled } },
      {
        onSuccess: () =>
          toast(`${c.name} is ${c.enabled ? "off" : "on"}`, {
            undo: () => change.mutateAsync({ id: c.id, body: { enabled: c.enabled } }),
          }),
        onError: (error) => toastProblem(`Could not change ${c.name}`, error),
      },
    );
}
