// What the signed-in person's role lets them do; the server decides, this only keeps pages from offering what it refuses.
import type { components } from "@/api/schema";
import { useIdentity } from "./use-session";

type Role = components["schemas"]["Role"];

const RANKS: Role[] = ["read_only", "rep", "manager", "admin", "owner"];

export const reaches = (role: Role, least: Role) => RANKS.indexOf(role) >= RANKS.indexOf(least);

export function useMay(least: Role): boolean {
  const role = useIdentity()?.user.role;
  return !!role && reaches(role as Role, least);
}
