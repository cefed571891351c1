// What is said once a lead was moved to a stage.
import type { LeadStatus } from "@/api/types";
import { stageWord } from "@/shared/lib/stages";

/** "Moved Ann to Replied", and what is odd about it: the app itself moves a lead there once it has replied. */
export const movedWords = (lead: { name: string; status: LeadStatus }, to: LeadStatus): string => {
  const odd = to === "replied" && (lead.status === "new" || lead.status === "contacted");
  return `Moved ${lead.name} to ${stageWord(to)}${odd ? ". No reply from them has come in" : ""}`;
};
