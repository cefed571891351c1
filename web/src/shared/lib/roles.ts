// The roles of a team, in the words of the app.
import type { Schema } from "@/api/types";

export type Role = Schema["Role"];

export const ROLES: { value: Role; label: string }[] = [
  { value: "owner", label: "Owner" },
  { value: "admin", label: "Admin" },
  { value: "manager", label: "Manager" },
  { value: "rep", label: "Rep" },
  { value: "read_only", label: "Read-only" },
];

export const roleWords = (role: Role) => ROLES.find((known) => known.value === role)?.label ?? role;
