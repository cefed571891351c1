// The steps at which leads would stop in a simulation, in words: "3 leads stop at step 2: no SMS number connected".
import type { Channel, Schema } from "@/api/types";
import { plural } from "@/shared/lib/format";
import { HOLD_WORDS, wordOf } from "@/shared/lib/labels";
import type { SimulationResult } from "./simulation";

const NO_ACCOUNT: Record<Channel, string> = {
  email: "no mailbox connected",
  sms: "no SMS number connected",
  whatsapp: "no WhatsApp number connected",
};

/** Why a step of this kind could not go out: "no SMS number connected". */
export function stopWord(reason: Schema["HoldReason"], kind?: string | null): string {
  const missing = reason === "mailbox" && kind && kind in NO_ACCOUNT ? NO_ACCOUNT[kind as Channel] : undefined;
  return missing ?? wordOf(HOLD_WORDS, reason).toLowerCase();
}

type Stops = Pick<SimulationResult, "stops" | "would_be_held">;

/** A simulation from before the steps were counted names the reasons alone. */
export function stopWords({ stops, would_be_held }: Stops): string[] {
  if (!stops?.length)
    return Object.entries(would_be_held).map(
      ([why, n]) =>
        `${plural(n, "lead stops", "leads stop")} at a message that cannot be sent: ${wordOf(HOLD_WORDS, why).toLowerCase()}`,
    );
  const several = new Set(stops.map((stop) => stop.version)).size > 1;
  return stops.map(
    (stop) =>
      `${plural(stop.people, "lead stops", "leads stop")} at step ${stop.step + 1}${several ? ` of version ${stop.version}` : ""}: ${stopWord(stop.reason, stop.channel)}`,
  );
}
