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
  Phone,
  Send,
  Settings2,
  Sun,
  Target,
  TrendingUp,
  Upload,
  Users,
} from "lucide-react";
import type { SeenLeads } from "@/app/auth/use-sees";

export interface Place {
  to: string;
  label: string;
  key: string;
  icon: LucideIcon;
  group: 1 | 2 | 3 | 4 | 5;
}

const place = (to: string, label: string, key: string, icon: LucideIcon, group: Place["group"]): Place => ({
  to,
  label,
  key,
  icon,
  group,
});

export const PLACES: readonly Place[] = [
  place("/", "Today", "t", Sun, 1),
  place("/leads", "Leads", "l", Users, 1),
  place("/companies", "Companies", "c", Building2, 1),
  place("/inbox", "Inbox", "i", Inbox, 1),
  place("/calls", "Calls", "p", Phone, 1),
  place("/pipeline", "Pipeline", "d", TrendingUp, 1),
  place("/sequences", "Sequences", "s", ListTree, 2),
  place("/campaigns", "Campaigns", "k", Send, 2),
  place("/templates", "Templates", "m", FileText, 2),
  place("/icp", "ICP", "f", Crosshair, 2),
  place("/revenue", "Revenue", "r", CircleDollarSign, 3),
  place("/targets", "Targets", "o", Target, 3),
  place("/queue", "Queue", "q", CalendarClock, 4),
  place("/import", "Import", "u", Upload, 4),
  place("/settings", "Settings", ",", Settings2, 5),
];

export const isHere = (to: string, path: string) =>
  to === "/"
    ? path === "/"
    : path === to ||
      path.startsWith(`${to}/`) ||
      (to === "/revenue" && path.startsWith("/clients")) ||
      (to === "/leads" && (path === "/segments" || path === "/prospects"));

/** Of the money, those who do not see all leads see what they earn. */
const COMMISSIONS = place("/revenue/commissions", "Commissions", "r", CircleDollarSign, 3);

/** Pages whose figures are of all leads: the server refuses them to users who do not see all. */
const OF_ALL_LEADS = ["/companies", "/revenue"];

export const placesFor = (sees: SeenLeads): readonly Place[] =>
  sees === "all"
    ? PLACES
    : PLACES.map((one) => (one.to === "/revenue" ? COMMISSIONS : one)).filter(({ to }) => !OF_ALL_LEADS.includes(to));
