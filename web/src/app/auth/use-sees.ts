// The leads that the signed-in user sees: all, those of a team, or the user's own. The server decides; this only keeps
// pages from asking for what it refuses.
import type { Schema } from "@/api/types";
import { useIdentity } from "./use-session";

export type SeenLeads = Schema["SeenLeads"];

export const useSees = (): SeenLeads => useIdentity()?.sees ?? "all";
