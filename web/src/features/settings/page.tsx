// Settings: a list of sections at the side, one section open.
import { Link, useParams } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { ChangedBy } from "@/app/auth/changed-by";
import { useMay } from "@/app/auth/use-may";
import { Page, Scroll } from "@/app/shell/page";
import { cx } from "@/shared/lib/cx";
import { type AccountKind, isShared, sendersOf } from "@/shared/lib/senders";
import { later } from "@/shared/ui/later";
import { LoadingRows, NoAccess } from "@/shared/ui/states";
import { intoView } from "@/shared/ui/tabs";
import { CompanySection } from "./company";

// Sections are fetched when they are opened: nobody opens them all.
const fetched = <P extends object>(load: () => Promise<ComponentType<P>>) =>
  later(load, <LoadingRows label="Loading the section" />);
const ownSections = () => import("./own-sections");
const AccountsSection = fetched(() => import("./accounts-section").then((p) => p.AccountsSection));
const AccessLogSection = fetched(() => ownSections().then((p) => p.AccessLogSection));
const KeysSection = fetched(() => ownSections().then((p) => p.KeysSection));
const FieldsSection = fetched(() => ownSections().then((p) => p.FieldsSection));
const DaysOffSection = fetched(() => ownSections().then((p) => p.DaysOffSection));
const SelfCheckSection = fetched(() => ownSections().then((p) => p.SelfCheckSection));
const SendingSection = fetched(() => ownSections().then((p) => p.SendingSection));
const ShortcutsSection = fetched(() => ownSections().then((p) => p.ShortcutsSection));
const WritingSection = fetched(() => ownSections().then((p) => p.WritingSection));
const PromptsSection = fetched(() => ownSections().then((p) => p.PromptsSection));
const ProfileSection = fetched(() => import("./profile").then((p) => p.ProfileSection));
const NotificationsSection = fetched(() => import("./notifications-section").then((p) => p.NotificationsSection));
const PipelineSection = fetched(() => import("./pipeline-section").then((p) => p.PipelineSection));
const RoutingSection = fetched(() => ownSections().then((p) => p.RoutingSection));
const ReceivedSection = fetched(() => import("./received-section").then((p) => p.ReceivedSection));
const SpendSection = fetched(() => import("./spend-section").then((p) => p.SpendSection));
const RulesSection = fetched(() => import("./rules-section").then((p) => p.RulesSection));
const SuppressionSection = fetched(() => import("./suppression").then((p) => p.SuppressionSection));
const TeamSection = fetched(() => import("./team").then((p) => p.TeamSection));
const TrackingSection = fetched(() => import("./tracking").then((p) => p.TrackingSection));

/** The mailboxes that are connected on their provider's page come first. */
const MAILBOXES: AccountKind[] = [
  ...sendersOf("email").filter(isShared),
  ...sendersOf("email").filter((kind) => !isShared(kind)),
  "inbound_email",
];

const SECTIONS = [
  { group: "Workspace", id: "company", label: "Company", Body: CompanySection },
  { group: "Workspace", id: "team", label: "Team", Body: TeamSection },
  { group: "Workspace", id: "access-log", label: "Access log", Body: AccessLogSection },
  { group: "Sending", id: "sending", label: "Sending rules", Body: SendingSection },
  { group: "Sending", id: "days-off", label: "Days off", Body: DaysOffSection },
  {
    group: "Sending",
    id: "mailboxes",
    label: "Mailboxes",
    Body: () => <AccountsSection section="mailboxes" kinds={MAILBOXES} what="mailbox" />,
  },
  {
    group: "Sending",
    id: "numbers",
    label: "Numbers",
    Body: () => (
      <AccountsSection section="numbers" kinds={[...sendersOf("sms"), ...sendersOf("whatsapp")]} what="number" />
    ),
  },
  { group: "Sending", id: "tracking", label: "Tracking", Body: TrackingSection },
  { group: "Sending", id: "rules", label: "Rules", Body: RulesSection },
  { group: "Sending", id: "suppression", label: "Suppression list", Body: SuppressionSection },
  { group: "Data", id: "pipeline", label: "Pipeline", Body: PipelineSection },
  { group: "Data", id: "routing", label: "Routing", Body: RoutingSection },
  { group: "Data", id: "fields", label: "Fields", Body: FieldsSection },
  {
    group: "Data",
    id: "providers",
    label: "Providers",
    Body: () => (
      <AccountsSection
        section="providers"
        kinds={["hunter", "serp_api", "data_provider", "chat_model", "stripe", "bookings"]}
        what="provider"
      />
    ),
  },
  { group: "Data", id: "writing", label: "AI and enrichment", Body: WritingSection },
  { group: "Data", id: "prompts", label: "Prompts", Body: PromptsSection },
  { group: "Data", id: "spend", label: "Spend and prices", Body: SpendSection },
  { group: "Data", id: "keys", label: "API keys", Body: KeysSection },
  { group: "Data", id: "received", label: "Received events", Body: ReceivedSection },
  { group: "Installation", id: "self-check", label: "Self-check", Body: SelfCheckSection },
  { group: "Me", id: "profile", label: "Your profile", Body: ProfileSection },
  { group: "Me", id: "notifications", label: "Notifications", Body: NotificationsSection },
  { group: "Me", id: "shortcuts", label: "Shortcuts and theme", Body: ShortcutsSection },
] as const;

/** Sections that only an admin may change. */
const ADMINS: string[] = [
  "company",
  "days-off",
  "mailboxes",
  "numbers",
  "pipeline",
  "providers",
  "tracking",
  "writing",
];

/** Sections that only an admin sees. */
const FOR_ADMINS: string[] = ["access-log", "keys", "received"];

export function SettingsPage() {
  const { section } = useParams({ from: "/app/settings/$section" });
  const current = SECTIONS.find((s) => s.id === section) ?? SECTIONS[0];
  const owns = useMay("owner");
  const administers = useMay("admin");
  const offered = SECTIONS.filter(
    (s) => (owns || s.id !== "self-check") && (administers || !FOR_ADMINS.includes(s.id)),
  );
  return (
    <Page title={current.label} parent={{ to: "/settings", label: "Settings" }}>
      <div className="flex min-h-0 flex-1 max-sm:flex-col">
        <nav
          aria-label="Settings"
          className="no-scrollbar w-[184px] shrink-0 overflow-y-auto border-r py-3 max-sm:flex max-sm:w-full max-sm:gap-1 max-sm:overflow-x-auto max-sm:border-r-0 max-sm:border-b max-sm:px-3 max-sm:py-2"
        >
          {offered.map((s, i) => (
            <div key={s.id} className="contents">
              {offered[i - 1]?.group !== s.group ? (
                <div className="px-6 pt-3 pb-1 text-meta text-ink-3 max-lg:px-4 max-sm:hidden">{s.group}</div>
              ) : null}
              <Link
                to="/settings/$section"
                params={{ section: s.id }}
                ref={s.id === current.id ? intoView : undefined}
                aria-current={s.id === current.id ? "page" : undefined}
                className={cx(
                  "flex min-h-[27px] items-center px-6 py-0.5 max-lg:px-4 max-sm:h-10 max-sm:shrink-0 max-sm:rounded-control max-sm:px-3",
                  s.id === current.id
                    ? "row-cursor font-medium max-sm:!bg-accent-soft max-sm:text-accent-ink max-sm:!shadow-none"
                    : "hover:bg-sunken",
                )}
              >
                {s.label}
              </Link>
            </div>
          ))}
        </nav>
        <Scroll>
          {!administers && FOR_ADMINS.includes(current.id) ? (
            <NoAccess>It is for admins.</NoAccess>
          ) : ADMINS.includes(current.id) ? (
            <ChangedBy who="admin" key={current.id} className="px-6 pt-4 max-lg:px-4">
              <current.Body />
            </ChangedBy>
          ) : (
            <current.Body key={current.id} />
          )}
        </Scroll>
      </div>
    </Page>
  );
}
