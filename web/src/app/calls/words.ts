// The words for how far a call is, how it has ended, and what it has cost.
import type { Schema } from "@/api/types";
import { price } from "@/shared/lib/money";

export const STATE_WORDS: Record<Schema["CallState"], string> = {
  calling: "Calling your phone",
  not_known: "Your phone may ring. The provider did not answer.",
  ringing_you: "Your phone rings. Pick up.",
  waiting_for_key: "Press any number on your phone",
  ringing_lead: "Ringing",
  talking: "Connected",
  ended: "Call ended",
};

export const END_WORDS: Record<Schema["CallEnd"], string> = {
  completed: "Call ended",
  no_answer: "No answer",
  busy: "Busy",
  failed: "The number could not be reached",
  you_not_reached: "Your phone was not picked up",
  hung_up: "You hung up before the lead's phone rang",
  refused: "The provider refused the call",
};

const NO_PRICE = { pending: "Price comes within some hours", unknown: "Price unknown" };

/** The provider bills in US dollars. */
export const costWords = (cost: Schema["CallCostState"]) =>
  cost.state === "known" ? price(cost.amount, "USD") : NO_PRICE[cost.state];
