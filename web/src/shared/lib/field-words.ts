// The names of the list's fields: as requests spell them, and as users read them.
import { words } from "./format";
import { FILTER_WORDS, LEAD_FIELDS } from "./lead-fields";

const WORDS: Record<string, string> = {
  name: "Name",
  score: "Score",
  fit: "Fit",
  do_not_contact: "Do not contact",
  possible_opt_out: "Possible opt-out",
  created: "Created",
  updated: "Changed",
  follow_up: "Follow-up",
  last_contacted: "Last contacted",
  stage_since: "In stage since",
  lost_reason: "Lost reason",
};

const CUSTOM = "custom.";

/** The key of the custom field that a list field's name means. */
export const customKey = (name: string) => (name.startsWith(CUSTOM) ? name.slice(CUSTOM.length) : undefined);

export const customFieldName = (key: string) => `${CUSTOM}${key}`;

/** The fit with an ICP that may not be the main one. */
const FIT_OF = /^fit:icp_[0-9A-Z]{26}$/;

/** Whether a name can be a field's. The API knows whether it is one. */
export const isFieldName = (name: string) => /^[a-z_]+$/.test(name) || FIT_OF.test(name) || !!customKey(name);

/** The field's name as users read it; a custom field that is gone has its key. */
export function listFieldWord(name: string, custom: readonly { key: string; label: string }[]): string {
  const key = customKey(name);
  if (key) return custom.find((field) => field.key === key)?.label ?? key;
  if (FIT_OF.test(name)) return "Fit";
  const known: Record<string, string | { word: string }> = { ...FILTER_WORDS, ...LEAD_FIELDS, ...WORDS };
  const found = known[name];
  return typeof found === "string" ? found : (found?.word ?? words(name));
}
