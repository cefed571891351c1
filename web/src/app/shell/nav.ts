// The pages of the app in the sidebar's order, with their go-to keys.
import {
  Building2,
  CalendarClock,
  CircleDollarSign,
  Crosshair,
  FileText,
  Inbox,
  ListTree,
  type LucideIcon,
  Send,
  Settings2,
  Sun,
  Upload,
  Users,
} from "lucide-react";

export interface Place {
  to: string;
  label: string;
  key: string;
  icon: LucideIcon;
  group: 1 | 2 | 3 | 4 | 5;
}

export const PLACES: readonly Place[] = [
  { to: "/", label: "Today", key: "t", icon: Sun, group: 1 },
  { to: "/leads", label: "Leads", key: "l", icon: Users, group: 1 },
  { to: "/companies", label: "Companies", key: "c", icon: Building2, group: 1 },
  { to: "/inbox", label: "Inbox", key: "i", icon: Inbox, group: 1 },
  { to: "/sequences", label: "Sequences", key: "s", icon: ListTree, group: 2 },
  { to: "/campaigns", label: "Campaigns", key: "k", icon: Send, group: 2 },
  { to: "/templates", label: "Templates", key: "m", icon: FileText, group: 2 },
  { to: "/icp", label: "ICP", key: "f", icon: Crosshair, group: 2 },
  { to: "/revenue", label: "Revenue", key: "r", icon: CircleDollarSign, group: 3 },
  { to: "/queue", label: "Queue", key: "q", icon: CalendarClock, group: 4 },
  { to: "/import", label: "Import", key: "u", icon: Upload, group: 4 },
  { to: "/settings", label: "Settings", key: ",", icon: Settings2, group: 5 },
];

export const isHere = (to: string, path: string) =>
  to === "/"
    ? path === "/"
    : path === to ||
      path.startsWith(`${to}/`) ||
      (to === "/revenue" && path.startsWith("/clients")) ||
      (to === "/leads" && path === "/segments");
