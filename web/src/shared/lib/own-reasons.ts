// The app's own reasons not to send, which come as codes in the detail of a failure or a notification.

const OWN_REASONS: Record<string, string> = {
  do_not_contact: "marked as do not contact",
  possible_opt_out: "may have opted out, and nobody has said yet whether they have",
  address_suppressed: "on the suppression list",
  no_email: "no e-mail address",
  no_phone: "no phone number",
  undeliverable: "the address is undeliverable",
  window_closed: "more than 24 hours since they last wrote",
};

/** The provider's text as it is, or the app's own reason in words. */
export const detailWords = (detail: string): string => OWN_REASONS[detail.trim()] ?? detail.trim();
