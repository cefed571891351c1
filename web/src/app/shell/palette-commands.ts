// Commands of every page that have no key: only the palette lists them, so they are fetched after the page.
import { useNavigate } from "@tanstack/react-router";
import { Copy, Download, ListTree, Mail, Moon, OctagonPause, Send, Settings2, UserRound } from "lucide-react";
import { useMay } from "@/app/auth/use-may";
import { useSees } from "@/app/auth/use-sees";
import { type Command, useCommands } from "@/app/commands/registry";
import { theme } from "@/app/theme/theme";
import { toast } from "@/shared/ui/toast";
import { stopping } from "./stopping";

/** Sections of the settings by the words that people look for. */
const SECTIONS: [id: string, title: string, also: string][] = [
  ["company", "Settings: company", "address country currency time zone"],
  ["team", "Settings: team", "invite member user colleague role"],
  ["access-log", "Settings: access log", "sign-in audit security"],
  ["sending", "Settings: sending rules", "quiet hours limits calls recording"],
  ["days-off", "Settings: days off", "holidays"],
  ["mailboxes", "Settings: mailboxes", "connect mailbox e-mail account google microsoft smtp"],
  ["numbers", "Settings: numbers", "connect sms whatsapp phone account"],
  ["tracking", "Settings: tracking", "opens clicks domain"],
  ["rules", "Settings: rules", "automation workflow trigger"],
  ["suppression", "Settings: suppression list", "opt-out unsubscribe block"],
  ["pipeline", "Settings: pipeline", "stages lost reasons"],
  ["routing", "Settings: routing", "assign owner in turn"],
  ["fields", "Settings: fields", "custom fields"],
  ["providers", "Settings: providers", "connect integration calendar payments"],
  ["writing", "Settings: AI and enrichment", "model drafts"],
  ["prompts", "Settings: prompts", "ai"],
  ["spend", "Settings: spend and prices", "cost money"],
  ["keys", "Settings: API keys", "developer token program"],
  ["received", "Settings: received events", "webhooks"],
  ["self-check", "Settings: self-check", "health status"],
  ["profile", "Settings: your profile", "password two-step passkey phone"],
  ["notifications", "Settings: notifications", "alerts slack push"],
  ["shortcuts", "Settings: shortcuts and theme", "keys dark light"],
];

/** What is done to leads that were chosen: elsewhere the palette leads to the list, and says how. */
const WITH_LEADS: [id: string, title: string, also: string, key: string][] = [
  ["assign", "Assign leads", "owner hand over", "A"],
  ["tag", "Tag leads", "label", "T"],
  ["stage", "Move leads to a stage", "status won lost", "S"],
  ["remove", "Delete leads", "remove", "#"],
];

export function usePaletteCommands() {
  const navigate = useNavigate();
  const rep = useMay("rep");
  const manager = useMay("manager");
  const admin = useMay("admin");
  const seesAll = useSees() === "all";
  const choosing = ([id, title, also, key]: (typeof WITH_LEADS)[number]): Command => ({
    id: `leads-${id}`,
    title,
    also,
    group: "Actions",
    icon: UserRound,
    run: () => {
      void navigate({ to: "/leads" });
      toast(`Tick leads with X, then press ${key}`);
    },
  });
  useCommands([
    ...(rep ? WITH_LEADS.filter(([id]) => id !== "remove" || manager).map(choosing) : []),
    ...(admin
      ? [
          {
            id: "invite",
            title: "Invite a team member",
            also: "add user colleague",
            group: "Actions" as const,
            icon: UserRound,
            run: () => void navigate({ to: "/settings/$section", params: { section: "team" }, hash: "invite" }),
          },
          {
            id: "connect-mailbox",
            title: "Connect a mailbox",
            also: "add e-mail account",
            group: "Actions" as const,
            icon: Mail,
            run: () => void navigate({ to: "/settings/$section", params: { section: "mailboxes" } }),
          },
        ]
      : []),
    ...(seesAll && rep
      ? [
          {
            id: "duplicates",
            title: "Merge duplicates",
            also: "same person",
            group: "Actions" as const,
            icon: Copy,
            run: () => void navigate({ to: "/leads/duplicates" }),
          },
        ]
      : []),
    {
      id: "export",
      title: "Export leads",
      also: "download csv file",
      group: "Actions",
      icon: Download,
      run: () => {
        void navigate({ to: "/leads" });
        toast("Filter the leads, then press Download");
      },
    },
    ...SECTIONS.map(
      ([id, title, also]): Command => ({
        id: `settings-${id}`,
        title,
        also,
        group: "Go to",
        icon: Settings2,
        run: () => void navigate({ to: "/settings/$section", params: { section: id } }),
      }),
    ),
    {
      id: "theme",
      title: "Switch between light and dark",
      also: "theme mode",
      group: "Actions",
      icon: Moon,
      run: () => theme.set(document.documentElement.dataset.theme === "dark" ? "light" : "dark"),
    },
    {
      id: "stop-all",
      title: "Stop all sending",
      also: "pause sending halt",
      group: "Actions",
      icon: OctagonPause,
      run: () => stopping.set("asked"),
    },
    {
      id: "make-campaign",
      title: "New campaign",
      also: "create add",
      group: "Actions",
      icon: Send,
      run: () => void navigate({ to: "/campaigns", search: { add: true } }),
    },
    {
      id: "make-sequence",
      title: "New sequence",
      also: "create add write",
      group: "Actions",
      icon: ListTree,
      run: () => void navigate({ to: "/sequences/$id", params: { id: "new" } }),
    },
    {
      id: "prospects",
      title: "Prospects",
      also: "find new leads",
      group: "Go to",
      run: () => void navigate({ to: "/prospects" }),
    },
    {
      id: "segments",
      title: "Segments",
      also: "rules leads",
      group: "Go to",
      run: () => void navigate({ to: "/segments" }),
    },
  ]);
}
