// How an account's provider fares, in words.
import { when } from "@/shared/lib/format";
import type { DotTone } from "@/shared/ui/badge";
import type { ConnectionView } from "./queries";

export function stateOf(c: ConnectionView): { tone: DotTone; word: string } {
  if (!c.enabled) return { tone: "open", word: "Off" };
  if (c.health?.state === "down") return { tone: "bad", word: "Down" };
  if (c.health?.state === "recovering") return { tone: "ramp", word: "Coming back" };
  return c.last_error ? { tone: "bad", word: "Failing" } : { tone: "good", word: "Connected" };
}

/** What it means for what is due; nothing where all is well. */
export function healthLine(c: ConnectionView, now?: Date): string | undefined {
  if (!c.enabled || !c.health) return undefined;
  const since = when(c.health.since, now);
  if (c.health.state === "recovering") return `Back since ${since}. What waited goes out bit by bit.`;
  const next = c.health.next_try ? ` Asked again ${when(c.health.next_try, now)}.` : "";
  return `Takes nothing since ${since}; what is due waits.${next}`;
}
