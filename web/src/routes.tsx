// Every page and its URL; pages load when they are first opened.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { currentIdentity } from "@/api/session";
import { resumeSession } from "@/app/auth/use-session";
import { NotFetched, NotFound, RouteError } from "@/app/shell/route-error";
import type { ColumnsSearch } from "@/features/leads/fill/columns-page";
import type { ListSearch } from "@/features/leads/model";

/**
 * A page whose code does not load says so on the page: the router's own reaction, a reload, leaves an empty screen
 * without a connection.
 */
const fetched = <T extends Record<string, unknown>, K extends keyof T & string>(load: () => Promise<T>, name: K) =>
  lazyRouteComponent(
    () =>
      load().catch(() => {
        throw new NotFetched();
      }),
    name,
  );

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

interface AuthSearch {
  next?: string;
}
const authSearch = (s: Record<string, unknown>): AuthSearch => (typeof s.next === "string" ? { next: s.next } : {});
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: authSearch,
  component: fetched(() => import("@/features/sign-in/sign-in"), "SignIn"),
});
const signUp = createRoute({
  getParentRoute: () => root,
  path: "/sign-up",
  validateSearch: authSearch,
  component: fetched(() => import("@/features/sign-in/sign-up"), "SignUp"),
});

const forgot = createRoute({
  getParentRoute: () => root,
  path: "/forgot",
  component: fetched(() => import("@/features/sign-in/forgot"), "Forgot"),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  component: fetched(() => import("@/features/sign-in/reset"), "Reset"),
});
const confirmAddress = createRoute({
  getParentRoute: () => root,
  path: "/confirm-address",
  component: fetched(() => import("@/features/sign-in/confirm-address"), "ConfirmAddress"),
});
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: fetched(() => import("@/features/sign-in/invitation"), "Invitation"),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  path: "/signed-in",
  component: fetched(() => import("@/features/sign-in/signed-in"), "SignedIn"),
});

const secondStep = createRoute({
  getParentRoute: () => root,
  path: "/second-step",
  component: fetched(() => import("@/features/settings/second-factor-page"), "SecondFactorPage"),
  beforeLoad: async () => {
    if (!(await resumeSession())) throw redirect({ to: "/sign-in" });
  },
});

const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  component: fetched(() => import("@/app/shell/app-shell"), "AppShell"),
  errorComponent: RouteError,
  beforeLoad: async ({ location }) => {
    if (!(await resumeSession())) {
      const next = location.href === "/" ? undefined : location.href;
      throw redirect({ to: "/sign-in", search: next ? { next } : {} });
    }
    if (currentIdentity()?.second_factor_needed) throw redirect({ to: "/second-step" });
  },
});

const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);
type Raw = Record<string, unknown>;

const under = () => app;
const today = createRoute({
  getParentRoute: under,
  path: "/",
  component: fetched(() => import("@/features/today/page"), "TodayPage"),
});

const calls = createRoute({
  getParentRoute: under,
  path: "/calls",
  validateSearch: (s: Raw): { tab?: "queue" | "history" } => (s.tab === "history" ? { tab: "history" } : {}),
  component: fetched(() => import("@/features/calls/page"), "CallsPage"),
});

const leads = createRoute({
  getParentRoute: under,
  path: "/leads",
  validateSearch: (s: Raw): ListSearch => ({
    q: text(s.q),
    f: text(s.f),
    sort: text(s.sort),
    rule: s.rule && typeof s.rule === "object" ? (s.rule as ListSearch["rule"]) : undefined,
    cols: text(s.cols),
    view: text(s.view),
    layout: s.layout === "board" ? "board" : undefined,
  }),
  component: fetched(() => import("@/features/leads/page"), "LeadsPage"),
});
const deletedLeads = createRoute({
  getParentRoute: under,
  path: "/leads/deleted",
  component: fetched(() => import("@/features/leads/deleted-page"), "DeletedLeadsPage"),
});
const duplicates = createRoute({
  getParentRoute: under,
  path: "/leads/duplicates",
  component: fetched(() => import("@/features/leads/duplicates-page"), "DuplicatesPage"),
});
const columns = createRoute({
  getParentRoute: under,
  path: "/leads/columns",
  validateSearch: (s: Raw): ColumnsSearch => ({
    q: text(s.q),
    f: text(s.f),
    sort: text(s.sort),
    rule: s.rule && typeof s.rule === "object" ? (s.rule as ListSearch["rule"]) : undefined,
    run: text(s.run),
    show: s.show === "runs" ? "runs" : undefined,
    only: s.only === "failed" ? "failed" : undefined,
  }),
  component: fetched(() => import("@/features/leads/fill/columns-page"), "ColumnsPage"),
});
const mergeLeads = createRoute({
  getParentRoute: under,
  path: "/leads/merge",
  validateSearch: (s: { ids?: string }) => s,
  component: fetched(() => import("@/features/leads/merge/merge-page"), "MergePage"),
});
const segments = createRoute({
  getParentRoute: under,
  path: "/segments",
  component: fetched(() => import("@/features/leads/segments/segments-page"), "SegmentsPage"),
});
const lead = createRoute({
  getParentRoute: under,
  path: "/leads/$id",
  component: fetched(() => import("@/features/lead-detail/page"), "LeadPage"),
});
export interface CompaniesSearch {
  q?: string;
  sort?: string;
}
const companies = createRoute({
  getParentRoute: under,
  path: "/companies",
  validateSearch: (s: Raw): CompaniesSearch => ({ q: text(s.q), sort: text(s.sort) }),
  component: fetched(() => import("@/features/companies/list-page"), "CompaniesPage"),
});
const company = createRoute({
  getParentRoute: under,
  path: "/companies/$domain",
  component: fetched(() => import("@/features/companies/company-page"), "CompanyPage"),
});
const imports = createRoute({
  getParentRoute: under,
  path: "/import",
  component: fetched(() => import("@/features/imports/page"), "ImportPage"),
});
const importOne = createRoute({
  getParentRoute: under,
  path: "/import/$id",
  component: fetched(() => import("@/features/imports/page"), "ImportPage"),
});
const sequences = createRoute({
  getParentRoute: under,
  path: "/sequences",
  component: fetched(() => import("@/features/sequences/list-page"), "SequencesPage"),
});
const sequence = createRoute({
  getParentRoute: under,
  path: "/sequences/$id",
  validateSearch: (s: Raw): { from?: string } => ({ from: text(s.from) }),
  component: fetched(() => import("@/features/sequences/editor-page"), "SequencePage"),
});
const campaigns = createRoute({
  getParentRoute: under,
  path: "/campaigns",
  validateSearch: (s: Raw): { add?: boolean } => (s.add ? { add: true } : {}),
  component: fetched(() => import("@/features/campaigns/list-page"), "CampaignsPage"),
});
const campaign = createRoute({
  getParentRoute: under,
  path: "/campaigns/$id",
  validateSearch: (s: Raw): { state?: string } => ({ state: text(s.state) }),
  component: fetched(() => import("@/features/campaigns/campaign-page"), "CampaignPage"),
});
const simulation = createRoute({
  getParentRoute: under,
  path: "/campaigns/$id/simulation",
  component: fetched(() => import("@/features/campaigns/simulation-page"), "SimulationPage"),
});
const previewPage = createRoute({
  getParentRoute: under,
  path: "/campaigns/$id/page",
  component: fetched(() => import("@/features/campaigns/preview-page/editor"), "PreviewPageEditor"),
});
const inbox = createRoute({
  getParentRoute: under,
  path: "/inbox",
  validateSearch: (s: Raw): { folder?: string; lead?: string; arrives?: string } => ({
    folder: text(s.folder),
    lead: text(s.lead),
    arrives: text(s.arrives),
  }),
  component: fetched(() => import("@/features/inbox/page"), "InboxPage"),
});
const templates = createRoute({
  getParentRoute: under,
  path: "/templates",
  validateSearch: (s: Raw): { id?: string } => ({ id: text(s.id) }),
  component: fetched(() => import("@/features/templates/page"), "TemplatesPage"),
});
const icps = createRoute({
  getParentRoute: under,
  path: "/icp",
  component: fetched(() => import("@/features/icp/list-page"), "IcpsPage"),
});
const icp = createRoute({
  getParentRoute: under,
  path: "/icp/$id",
  component: fetched(() => import("@/features/icp/editor-page"), "IcpPage"),
});
const prospects = createRoute({
  getParentRoute: under,
  path: "/prospects",
  validateSearch: (s: Raw): { icp?: string; search?: string; page?: number } => ({
    icp: text(s.icp),
    search: text(s.search),
    page: Number.isInteger(s.page) ? (s.page as number) : undefined,
  }),
  component: fetched(() => import("@/features/prospects/page"), "ProspectsPage"),
});
const pipeline = createRoute({
  getParentRoute: under,
  path: "/pipeline",
  component: fetched(() => import("@/features/pipeline/page"), "PipelinePage"),
});
const revenue = createRoute({
  getParentRoute: under,
  path: "/revenue",
  component: fetched(() => import("@/features/revenue/page"), "RevenuePage"),
});
const monthSearch = (s: Raw): { month?: string } => ({
  month: /^\d{4}-(0[1-9]|1[0-2])$/.test(text(s.month) ?? "") ? text(s.month) : undefined,
});
const commissions = createRoute({
  getParentRoute: under,
  path: "/revenue/commissions",
  validateSearch: monthSearch,
  component: fetched(() => import("@/features/revenue/commissions-page"), "CommissionsPage"),
});
const targets = createRoute({
  getParentRoute: under,
  path: "/targets",
  validateSearch: monthSearch,
  component: fetched(() => import("@/features/targets/page"), "TargetsPage"),
});
const client = createRoute({
  getParentRoute: under,
  path: "/clients/$id",
  component: fetched(() => import("@/features/revenue/client-page"), "ClientPage"),
});
const clients = createRoute({
  getParentRoute: under,
  path: "/clients",
  component: fetched(() => import("@/features/revenue/clients-page"), "ClientsPage"),
});
const queue = createRoute({
  getParentRoute: under,
  path: "/queue",
  component: fetched(() => import("@/features/queue/page"), "QueuePage"),
});
const settingsHome = createRoute({
  getParentRoute: under,
  path: "/settings",
  beforeLoad: () => {
    throw redirect({ to: "/settings/$section", params: { section: "company" } });
  },
});
const settings = createRoute({
  getParentRoute: under,
  path: "/settings/$section",
  component: fetched(() => import("@/features/settings/page"), "SettingsPage"),
});
const connected = createRoute({
  getParentRoute: under,
  path: "/settings/accounts/connected",
  validateSearch: (s: Raw): { state?: string; code?: string; error?: string } => ({
    state: text(s.state),
    code: text(s.code),
    error: text(s.error),
  }),
  component: fetched(() => import("@/features/settings/connected-page"), "ConnectedPage"),
});
const account = createRoute({
  getParentRoute: under,
  path: "/settings/$section/$id",
  component: fetched(() => import("@/features/settings/account-page"), "AccountPage"),
});

const tree = root.addChildren([
  signIn,
  signUp,
  forgot,
  reset,
  confirmAddress,
  invitation,
  signedIn,
  secondStep,
  app.addChildren([
    today,
    calls,
    leads,
    deletedLeads,
    duplicates,
    columns,
    mergeLeads,
    segments,
    lead,
    companies,
    company,
    imports,
    importOne,
    sequences,
    sequence,
    campaigns,
    campaign,
    simulation,
    previewPage,
    inbox,
    templates,
    icps,
    icp,
    prospects,
    pipeline,
    revenue,
    commissions,
    targets,
    clients,
    client,
    queue,
    settingsHome,
    settings,
    connected,
    account,
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  defaultErrorComponent: RouteError,
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
