// The fields of requests, as the messages of errors name them.
import { words } from "./format";

/** Names of the API's fields that no form field stands for. */
const FIELD_WORDS: Record<string, string> = {
  mailbox_ids: "Mailboxes",
  sms_sender_id: "SMS number",
  whatsapp_sender_id: "WhatsApp number",
  sequence_id: "Sequence",
  lead_ids: "Leads",
  size_bytes: "File",
  file_name: "File name",
  lead_tag: "Tag",
  "company.name": "Company name",
  "company.postal_address": "Postal address",
};

export function fieldWord(field: string): string {
  const step = /^steps\[(\d+)\]/.exec(field)?.[1];
  if (step !== undefined) return `Step ${Number(step) + 1}`;
  return FIELD_WORDS[field.replace(/\[.*/, "")] ?? words(field.replace(/[.[\]]+/g, " "));
}
