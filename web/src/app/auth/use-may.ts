// The permissions of the signed-in user's role; the server decides, this only keeps pages from offering what it
// refuses.
import type { Schema } from "@/api/types";
import { useIdentity } from "./use-session";

type Role = Schema["Role"];

const RANKS: Role[] = ["read_only", "rep", "manager", "admin", "owner"];

export const reaches = (role: Role, least: Role) => RANKS.indexOf(role) >= RANKS.indexOf(least);

export function useMay(least: Role): boolean {
  const role = useIdentity()?.user.role;
  return !!role && reaches(role as Role, least);
}
