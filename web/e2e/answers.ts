// Recorded answers of the API, for tests of the app alone: every page is filled without a server.
import type { Page } from "@playwright/test";
import { CALLS } from "./calls-answer";
import { answersOf } from "./columns-answer";
import { DEAL_ANSWERS, NO_DEALS } from "./deals-answer";
import { MERGE_PREVIEW, MERGES } from "./merge-answer";
import { PROSPECTS } from "./prospects-answer";
import { SELF_CHECK } from "./self-check-answer";
import { targetsOf } from "./targets-answer";

const at = (days: number, time = "09:30") => {
  const d = new Date(NOW);
  d.setUTCDate(d.getUTCDate() + days);
  return `${d.toISOString().slice(0, 10)}T${time}:00Z`;
};
export const NOW = "2026-11-17T10:42:00Z";

const NAMES: [string, string, string, string, number, string][] = [
  ["Elena Marsh", "Linden Physio", "Bristol", "GB", 86, "contacted"],
  ["Grace Adeyemi", "Brightwell Opticians", "Birmingham", "GB", 82, "qualified"],
  ["Marcus Hale", "Hale & Daughters Dental", "Leeds", "GB", 79, "replied"],
  ["Aoife Brennan", "Tide Pilates", "Galway", "IE", 71, "contacted"],
  ["Lucy Tran", "Harbour Street Dental", "Portland", "US", 68, "contacted"],
  ["Femi Balogun", "Coldharbour Osteopathy", "London", "GB", 64, "contacted"],
  ["Jonas Brandt", "Brandt Zahnmedizin", "Leipzig", "DE", 63, "contacted"],
  ["Owen Pryce", "Taff Valley Chiropractic", "Cardiff", "GB", 58, "replied"],
  ["Derek Soto", "Mesa Chiropractic", "Albuquerque", "US", 57, "contacted"],
  ["Karin Meijer", "Meijer Fysio", "Utrecht", "NL", 54, "contacted"],
  ["Hannah Vogt", "Elbe Ergotherapie", "Dresden", "DE", 52, "contacted"],
  ["Beth Lawson", "Fernhill Vets", "Exeter", "GB", 51, "contacted"],
  ["Nadia Haddad", "Seaview Dermatology", "Brighton", "GB", 38, "contacted"],
  ["Piet de Wit", "Wit & Zoon Tandartsen", "Delft", "NL", 33, "new"],
];
const ZONES: Record<string, string> = {
  GB: "Europe/London",
  IE: "Europe/Dublin",
  US: "America/Los_Angeles",
  DE: "Europe/Berlin",
  NL: "Europe/Amsterdam",
};
const heat = (score: number) => (score >= 70 ? "hot" : score >= 40 ? "warm" : "cold");

const leadRow = (i: number) => {
  const [name, company, city, country, score, status] = NAMES[i % NAMES.length] as (typeof NAMES)[number];
  return {
    id: `lead_${i}`,
    name: i < NAMES.length ? name : `${name} ${i}`,
    company,
    email: `${name.split(" ")[0]?.toLowerCase()}@${company.toLowerCase().replace(/[^a-z]+/g, "")}.example`,
    phone: "+441174960142",
    city,
    country,
    category: "Physiotherapist",
    zone: ZONES[country] ?? null,
    status,
    stage_since: at(-(i % 12)),
    lost_reason: null as string | null,
    priority: score >= 70 ? "high" : "normal",
    do_not_contact: false,
    possible_opt_out: false,
    owner: "user_1",
    tags: ["shortlist"],
    score: Math.max(5, score - Math.floor(i / NAMES.length) * 7),
    temperature: heat(score),
    active: i % 4 === 3 ? [] : ["campaign_1"],
    follow_up_at: i % 5 === 0 ? at(i === 5 ? -1 : 1) : null,
    last_contacted_at: status === "new" ? null : at(-(i % 9)),
    created_at: at(-20),
    updated_at: at(-1),
    rev: 3,
    fields: { "custom.Plan": i % 3 ? "Gold" : "Silver", job_title: "Owner" },
  };
};

/** The leads by stage: the first hundred of the list, with a won and a lost one. */
const boardColumn = (stage: string, count: number, cards: ReturnType<typeof leadRow>[], next_cursor?: string) => ({
  stage,
  count,
  deals: NO_DEALS,
  cards: cards.sort((a, b) => b.score - a.score),
  next_cursor: next_cursor ?? null,
});
const BOARD_ROWS = Array.from({ length: 100 }, (_, i) => leadRow(i));
const inStage = (stage: string) => BOARD_ROWS.filter(({ status }) => status === stage);
const BOARD = {
  columns: [
    boardColumn("new", 8, inStage("new")),
    boardColumn("contacted", 9120, inStage("contacted"), "more"),
    boardColumn("replied", 15, inStage("replied")),
    boardColumn("qualified", 8, inStage("qualified")),
    boardColumn("won", 1, [{ ...leadRow(200), name: "Helen Fraser", status: "won" }]),
    boardColumn("lost", 1, [{ ...leadRow(201), name: "Carl Weber", status: "lost", lost_reason: "too_early" }]),
  ],
  total: 9153,
  deals: NO_DEALS,
  deals_cut_off: false,
};
const STAGES = {
  stages: [
    { id: "new", name: "New", probability: 5, stale_after_days: null },
    { id: "contacted", name: "Contacted", probability: 10, stale_after_days: 30 },
    { id: "replied", name: "Replied", probability: 30, stale_after_days: 7 },
    { id: "qualified", name: "Qualified", probability: 60, stale_after_days: 14 },
    { id: "won", name: "Won", probability: 100, stale_after_days: null },
    { id: "lost", name: "Lost", probability: 0, stale_after_days: null },
  ],
  lost_reasons: [
    { id: "too_early", name: "Too early" },
    { id: "too_expensive", name: "Too expensive" },
    { id: "has_another_tool", name: "Has another tool" },
    { id: "no_answer", name: "No answer" },
    { id: "not_a_fit", name: "Not a fit" },
    { id: "other", name: "Other" },
  ],
  rev: 3,
};

const CHAT_TASK = {
  id: "task_5",
  priority: "normal",
  tries: 0,
  lead_id: "lead_0",
  lead_name: "Elena Marsh",
  kind: "whatsapp",
  title: "Write to Elena from your own phone",
  body: "Hi Elena, Maya here. Did the booking page open on your phone?",
  link: "https://wa.me/441174960142?text=Hi%20Elena",
  campaign_id: "campaign_1",
  due_at: at(0, "14:30"),
};

const enrolment = (i: number, state: string, more: object = {}) => ({
  lead_id: `lead_${i}`,
  lead_name: NAMES[i]?.[0],
  company: NAMES[i]?.[1],
  campaign_id: "campaign_1",
  state,
  version: 7,
  step: 2,
  due: at(1, "09:10"),
  attempts: 0,
  enrolled_at: at(-8),
  ...more,
});

const steps = [
  {
    id: "step_1",
    kind: "email",
    delay: { amount: 0, unit: "minutes" },
    subject: "{{ company }}, 2 minutes?",
    body: 'Hi {{ first_name | default("there") }},\n\nI made a booking page for {{ company }}, with your own hours, to try:\n{{ preview_url }}\n\n{{ sender.name }}',
  },
  {
    id: "step_2",
    kind: "email",
    delay: { amount: 3, unit: "working_days" },
    subject: "",
    body: "Did you have a moment to look?",
  },
  {
    id: "step_3",
    kind: "sms",
    delay: { amount: 3, unit: "days" },
    body: 'Hi {{ first_name | default("there") }}, I made a booking page for {{ company }}: {{ preview_url }}. Reply STOP to opt out.',
  },
];

const figures = (n: number) => ({
  sent_email: n,
  sent_sms: 0,
  sent_whatsapp: 0,
  delivered: Math.round(n * 0.98),
  opened: Math.round(n * 0.48),
  clicked: Math.round(n * 0.1),
  replied: Math.round(n * 0.05),
  opted_out: Math.round(n * 0.007),
  complained: 0,
  bounced: Math.round(n * 0.01),
  failed: 0,
  uncertain: n > 400 ? 1 : 0,
});
const variant = (
  id: string,
  label: string,
  contacted: number,
  positive: number,
  low: number,
  high: number,
  best: number | null,
) => ({
  id,
  label,
  subject: "",
  weight: 50,
  paused: false,
  contacted,
  delivered: contacted - 2,
  opened: Math.round(contacted * 0.5),
  clicked: Math.round(contacted * 0.1),
  replied: positive + 3,
  positive,
  opted_out: 2,
  complained: 1,
  bounced: 2,
  rates: { positive: positive / contacted, positive_low: low, positive_high: high },
  best,
});

const campaign = (id: string, name: string, state: string) => ({
  id,
  name,
  state,
  state_since: at(-30),
  sequence_id: "sequence_1",
  sequence_version: 7,
  mailbox_ids: ["account_1"],
  when_mailbox_gone: "reassign",
  only_verified: false,
  untracked: { opens: false, clicks: false },
  writing: { ai: true, tone: "Warm and brief", budget: 5_000_000 },
  promotes_winner: false,
  leads_per_variant: 250,
  sms_sender_id: null,
  zone: "Europe/London",
  lead_tag: null,
  auto_enrol: null,
  owner: "user_1",
  created_at: at(-36),
  launched_at: state === "draft" ? null : at(-30),
  rev: 2,
});

const message = (id: string, days: number, more: object) => ({
  id,
  direction: "out",
  channel: "email",
  state: "delivered",
  campaign: "campaign_1",
  step: 0,
  from: "maya@northquay.example",
  to: "elena@linden.example",
  subject: "Linden Physio, 2 minutes?",
  text: "Hi Elena,\n\nI made a booking page for Linden Physio.",
  quoted: [],
  reply: null,
  failure: null,
  attempts: 1,
  opens: 1,
  clicks: 0,
  machine_events: 1,
  accepted_at: at(days),
  delivered_at: at(days),
  first_opened_at: at(days, "11:20"),
  first_clicked_at: null,
  ...more,
});
const event = (id: string, days: number, time: string, what: object) => ({
  id,
  at: at(days, time),
  planned: false,
  user: null,
  ...what,
});

const COLUMNS = [
  ["business_name", "company", ["Abbey Dental Care", "Keynsham Physio"], 1040, 1040],
  ["contact", "full_name", ["Rosa Pell", "Kit Underhill", "Anya Bond"], 1002, 1040],
  ["mail", "email", ["rosa@abbeydental.example"], 951, 951],
  ["tel", "phone", ["01174 960 118", "0117 496 0233"], 1012, 1017],
  ["rating", "reviews", ["4,8", "4,6", "5"], 100, 988],
  ["treatments", null, ["Implants, hygiene"], 874, 874],
  ["plan", null, ["Gold", "Platinum"], 700, 1040],
  ["old_crm_id", "ignore", ["A-1180", "A-1181"], 0, 1040],
];
export const importView = (id: string, state: string) => ({
  id,
  file_name: "bristol-bath-clinics.csv",
  size_bytes: 210_000,
  state,
  format: { format: "csv", delimiter: ";", encoding: "windows-1252" },
  columns: COLUMNS.map(([header, target, samples, fits, of]) => ({
    ...{ header, target, samples, fits, of },
    ...(header === "plan" ? { field: "Plan" } : {}),
    ...(header === "plan" && state === "checked" ? { unknown_options: [{ option: "Platinum", rows: 340 }] } : {}),
  })),
  fits_whole: true,
  phone_question:
    state === "mapped"
      ? {
          without_code: 214,
          examples: ["732-356-7405x362", "(518)519-6001", "212.555.0143"],
          candidates: [
            { country: "US", with_code: 18, valid: 201, of: 214 },
            { country: "GB", with_code: 0, valid: 87, of: 214 },
          ],
        }
      : null,
  options: {
    default_country: state === "mapped" ? "US" : "GB",
    country_chosen: false,
    duplicates: "update_empty",
    tag: "bristol-bath",
    consent_basis: "Trade register",
    consent: { basis: "legitimate_interest", on: null, channels: ["email"] },
    enrich: true,
    campaign: null,
    values: { bad_values: "reject", decimal_comma: true, day_first: true, spelling_chosen: false },
  },
  counts: { rows: 1040, created: 1012, updated: 17, duplicates: 3, rejected: 8, warnings: 5, suppressed: 0 },
  chunks: 4,
  chunks_done: state === "committing" ? 2 : 4,
  failure: null,
  created_at: at(-1),
  finished_at: state === "done" ? at(-1) : null,
});

const template = (id: string, name: string, category: string, channel: string, favourite: boolean, used: number) => ({
  id,
  name,
  category,
  channel,
  subject: channel === "email" ? "{{ company }}, 2 minutes?" : "",
  body: 'Hi {{ first_name | default("there") }},\n\n{{ first_line | default("") }}\n\nI made a booking page for {{ company }}, with your own hours, to try: {{ preview_url }}\n\n{{ sender.name }}',
  favourite,
  fields: ["first_name", "company"],
  used_in_steps: used,
  created_at: at(-40),
  updated_at: at(-3),
  rev: 4,
});
const account = (
  id: string,
  name: string,
  kind: string,
  settings: object,
  last_error: object | null,
  webhook_url: string | null = null,
) => ({
  id,
  name,
  kind,
  settings: { kind, ...settings },
  secrets: ["password"],
  hours:
    kind === "smtp" ? { zone: "Europe/London", weekdays: [1, 2, 3, 4, 5], ranges: [{ start: 480, end: 1080 }] } : null,
  limits:
    kind === "smtp"
      ? { zone: "Europe/London", per_day: 40, new_per_day: 15, gap_seconds: 90, jitter_seconds: 60 }
      : null,
  today:
    kind === "smtp"
      ? { day: NOW.slice(0, 10), allowed: 40, taken: 27, taken_new: 11, taken_in_hour: 4, next_free: at(0) }
      : null,
  ahead:
    kind === "smtp"
      ? [40, 40, 36, 12, 0, 0, 3].map((expected, i) => ({ day: at(i).slice(0, 10), allowed: 40, expected }))
      : [],
  enabled: true,
  state: last_error && !(last_error as { over_at?: string | null }).over_at ? "failing" : "works",
  hears_replies: kind === "smtp" || kind === "twilio" ? true : null,
  last_error,
  webhook_url,
  created_at: at(-40),
  rev: 1,
});
const SETTINGS = {
  calls: { countries: ["DE"] },
  recording: { enabled: false, countries_off: [], keep_days: 90 },
  lead_access: { reps_see: "all_leads", teams: [{ name: "North", members: ["user_1"] }] },
  two_steps_required: false,
  id: "ws_1",
  name: "Northquay",
  company: {
    name: "Northquay Ltd",
    postal_address: "3 Chandler Row, Bristol",
    website: "https://northquay.example",
    sender_name: "Maya Okafor",
    offer_headline: "A booking page for your practice",
    offer_text: "It keeps your phone number, and it is £79 a month if you keep it.",
    booking_url: "https://northquay.example/demo",
    payment_url: null,
  },
  default_country: "GB",
  default_zone: "Europe/London",
  currency: "GBP",
  ai_enabled: true,
  ai_reads_answers: false,
  ai_drafts_answers: false,
  enrichment_enabled: true,
  tracking: { opens: false, clicks: false, countries_off: [], own_networks: [] },
  when_uncertain: "hold",
  consent: "law",
  when_late: "hold",
  endings: { bounce: "everything", text_stop: "channel" },
  company_hold_days: 5,
  caps: { one_campaign: true },
  prices: { email_micros: 100, sms_segment_micros: 45000 },
  days_off: [
    { date: "2026-12-24", name: "Christmas Eve", yearly: true },
    { date: "2027-06-11", name: "Company outing", yearly: false },
  ],
  house_voice: "Plain and friendly, short sentences.",
  sending: { state: "running", since: null },
  rev: 3,
};

const counters = (n: number) => ({
  emails_sent: Math.round(n * 0.8),
  sms_sent: Math.round(n * 0.2),
  whatsapp_sent: 0,
  emails_delivered: Math.round(n * 0.78),
  opened: Math.round(n * 0.4),
  clicked: Math.round(n * 0.1),
  replied: Math.round(n * 0.07),
  preview_views: Math.round(n * 0.2),
  turned_hot: Math.round(n * 0.01),
  leads_created: Math.round(n / 5),
  mrr_new_minor: n * 30,
});
const conversation = (i: number, channel: string, time: string, snippet: string, unread: number) => ({
  lead_id: `lead_${i}`,
  lead_name: NAMES[i]?.[0],
  folder: "open",
  channel,
  last_direction: "in",
  last_at: at(0, time),
  snippet,
  unread,
  understood: { kind: "person", intent: "interested", rule: "interest_wording", sentence: "Yes", by: "rules" },
  assignee: null,
});

const MAYAS = account(
  "account_1",
  "Maya's mailbox",
  "smtp",
  {
    host: "smtp.northquay.example",
    port: 587,
    security: "start_tls",
    username: "maya",
    from_address: "maya@northquay.example",
    from_name: "Maya Okafor",
    reply_to: null,
  },
  null,
);

const CONSENT = {
  channel: "email",
  basis: "legitimate_interest",
  on: at(-20).slice(0, 10),
  source: "import",
  import: "import_1",
  by: "user_1",
  note: "Trade register",
  withdrawn_at: null,
};

const SLACK = {
  ending: "Xq7d",
  kinds: ["hot_lead", "reply", "meeting", "payment"],
  with_details: false,
  off: null,
  rev: 2,
};
const DIGEST = {
  hour: 8,
  zone: null,
  workspace_zone: "Europe/London",
  parts: ["hot_leads", "replies", "meetings", "tasks"],
  mails_go_out: true,
  rev: 0,
};
const CHOICES = {
  browser: ["hot_lead", "reply"],
  pushed: ["hot_lead", "reply"],
  quiet: { from: 20, to: 7 },
  hot_leads_always: false,
  rev: 0,
};
const ROUTING = {
  rules: [
    {
      id: "routing_rule_1",
      name: "British Isles",
      when: { countries: ["GB", "IE"] },
      assign: { how: "round_robin", users: ["user_1", "user_2"] },
    },
    {
      id: "routing_rule_2",
      name: "Partners",
      when: { tags: ["partner"] },
      assign: { how: "one", user: "user_2" },
    },
  ],
  otherwise: { how: "least_load", users: ["user_1", "user_2"] },
  away: [{ user: "user_2", until: at(5).slice(0, 10) }],
  rev: 3,
};

const GERMANY = { all: [{ if: { field: "country", is: ["DE"] } }] };
const segment = (id: string, name: string, rule: object) => ({
  id,
  name,
  rule,
  by: "user_1",
  created_at: at(-12),
  updated_at: at(-2),
  rev: 2,
});
const SEGMENTS = [
  segment("segment_1", "Germany", GERMANY),
  segment("segment_2", "Warm and quiet", {
    all: [
      { if: { field: "temperature", is: ["warm", "hot"] } },
      { any: [{ if: { field: "custom.Plan", is: ["Gold"] } }, { if: { field: "rating", at_least: "4.5" } }] },
      { none: [{ if: { field: "last_contacted", in_last_days: 14 } }] },
    ],
  }),
];
const savedView = (id: string, name: string, owner: string, more: object) => ({
  id,
  name,
  shared: false,
  owner,
  position: 0,
  filter: { q: null },
  segment: null,
  sort: null,
  order: null,
  columns: [],
  created_at: at(-12),
  updated_at: at(-2),
  rev: 2,
  ...more,
});
const VIEWS = [
  savedView("view_1", "Plans in Germany", "user_1", {
    filter: { q: null, status: ["new", "contacted"] },
    segment: "segment_1",
    sort: "custom.Plan",
    order: "asc",
    columns: ["name", "custom.Plan", "job_title", "owner", "created"],
  }),
  savedView("view_2", "Shortlist", "user_2", { shared: true, filter: { q: null, tag: ["shortlist"] } }),
];

const MET = { answer: "met" as const };
const fitOf = (points: number) => ({
  verdict: "fits",
  points,
  opted_out: false,
  failed_rule: null,
  rules: [
    { ...MET, text: "Country GB", value: "GB" },
    { ...MET, text: "Rating 4.8", value: "4.8" },
  ],
  weights: [
    points >= 60
      ? { ...MET, text: "Rating 4.8", value: "4.8" }
      : { answer: "not_met", text: "Rating is 4.1, at least 4.6 is asked for", value: "4.1" },
    points % 20
      ? { answer: "not_known", text: "Reviews not known", value: null }
      : { ...MET, text: "Reviews 212", value: "212" },
    { ...MET, text: "Website known", value: "https://linden.example" },
  ],
});
const ICP = {
  id: "icp_1",
  name: "Small clinics, GB and IE",
  rules: [
    { rule: { if: { field: "country", is: ["GB", "IE"] } }, not_known: "leave_out" },
    {
      rule: { all: [{ if: { field: "rating", at_least: "3" } }, { if: { field: "rating", at_most: "5" } }] },
      not_known: "keep",
    },
    { rule: { none: [{ if: { field: "status", is: ["won"] } }] }, not_known: "keep" },
  ],
  weights: [
    { rule: { if: { field: "rating", at_least: "4.6" } }, points: 50 },
    { rule: { if: { field: "reviews", at_least: "100" } }, points: 30 },
    { rule: { if: { field: "website", filled: true } }, points: 20 },
  ],
  threshold: 60,
  main: true,
  field: "fit:icp_01KDVDNA00D8V2SSP8E33K1J7N",
  version: 3,
  by: "user_1",
  created_at: at(-20),
  updated_at: at(-2),
  rev: 4,
};
const ICP_COUNTS = {
  leads: 12480,
  rules: [
    { left: 5247, not_known: 31 },
    { left: 2604, not_known: 412 },
    { left: 1402, not_known: 0 },
  ],
  matching: 1318,
  just_outside: 96,
  histogram: [38, 96, 171, 236, 241, 188, 142, 108, 68, 30],
  at_threshold: 348,
  weights: [
    { met: 437, not_known: 12 },
    { met: 541, not_known: 96 },
    { met: 1004, not_known: 0 },
  ],
  sample: [88, 78, 70, 58, 50, 40, 30, 28].map((points, i) => ({
    id: `lead_${i}`,
    name: NAMES[i]?.[0],
    company: NAMES[i]?.[1],
    fit: fitOf(points),
  })),
  outside: {
    id: "lead_9",
    name: "Karin Meijer",
    company: "Meijer Fysio",
    fit: {
      ...fitOf(0),
      verdict: "just_outside",
      points: null,
      failed_rule: 0,
      rules: [{ answer: "not_met", text: "Country is NL; asked for: Country is GB or IE", value: "NL" }],
    },
  },
};

/** The present month of the recordings. */
const MONTH = at(0).slice(0, 7);
const TIERS = [
  { from_minor: 0, basis_points: 1000 },
  { from_minor: 500000, basis_points: 1250 },
];

export const ANSWERS: Record<string, unknown> = {
  ...PROSPECTS,
  ...CALLS,
  "GET /api/icp": { items: [ICP, { ...ICP, id: "icp_2", name: "Opticians, DE", main: false }] },
  "GET /api/icp/icp_1": ICP,
  "PATCH /api/icp/icp_1": { ...ICP, version: 4, rev: 5 },
  "DELETE /api/icp/icp_2": {},
  "POST /api/icp": { ...ICP, id: "icp_3" },
  "POST /api/icp/preview": ICP_COUNTS,
  "GET /api/icp/icp_1/leads/lead_0": { fit: fitOf(70), threshold: 60, points: [50, 30, 20] },
  "GET /api/segments": { items: SEGMENTS },
  "POST /api/segments": { ...SEGMENTS[0], id: "segment_3", name: "Not in Germany", rev: 1 },
  "PATCH /api/segments/segment_1": { ...SEGMENTS[0], rev: 3 },
  "POST /api/segments/count": { total: 212, sample: Array.from({ length: 5 }, (_, i) => leadRow(i)) },
  "GET /api/views": { items: VIEWS },
  "POST /api/views": { ...VIEWS[0], id: "view_3", name: "Hot in Germany", rev: 1 },
  "PATCH /api/views/view_1": { ...VIEWS[0], rev: 3 },
  "GET /api/leads": { items: Array.from({ length: 100 }, (_, i) => leadRow(i)), next_cursor: "c1", total: 12480 },
  "GET /api/leads/board": BOARD,
  ...DEAL_ANSWERS,
  "GET /api/stages": STAGES,
  "GET /api/leads/duplicates": {
    search: {
      running: false,
      started_at: at(0, "08:00"),
      finished_at: at(0, "08:01"),
      compared: 12480,
      is_partial: false,
    },
    items: [
      {
        reasons: ["same_name_and_company", "same_phone"],
        leads: [leadRow(2), { ...leadRow(16), name: "Marcus Hale" }],
      },
      { reasons: ["same_mailbox"], leads: [leadRow(5), { ...leadRow(19), name: "F. Balogun" }] },
    ],
  },
  "POST /api/leads/merge/preview": MERGE_PREVIEW,
  "GET /api/leads/lead_0/merges": MERGES,
  "GET /api/leads/deleted": {
    items: [2, 13, 7].map((i, nth) => {
      const { id, name, company, email, phone } = leadRow(i);
      const days_left = [30, 21, 2][nth] ?? 1;
      const [deleted_at, restorable_until] = [at(days_left - 30), at(days_left)];
      const by = nth === 1 ? { deleted_by: null, deleted_by_program: "Zapier" } : { deleted_by: "user_1" };
      return { id, name, company, email, phone, deleted_at, restorable_until, days_left, ...by };
    }),
  },
  "GET /api/leads/lead_0": {
    ...leadRow(0),
    possible_opt_out: null,
    first_name: "Elena",
    last_name: "Marsh",
    job_title: "Owner",
    phone_unparsed: null,
    website: "https://linden.example/",
    address: "14 Linden Road",
    rating: 4.8,
    reviews: 212,
    notes: null,
    source: "bristol-clinics-oct.csv",
    import: "import_1",
    custom: { Treatments: "Sports, back" },
    zone: { zone: "Europe/London", source: "address", confidence: 90 },
    deliverability: "deliverable",
    consent: [CONSENT],
    reasons: [
      { points: 18, reason: "3 preview visits in 7 min" },
      { points: 7, reason: "Clicked the preview link" },
      { points: 6, reason: "Rating 4.8 from 212 reviews" },
      { points: -4, reason: "8 days without a reply" },
    ],
    engagement: {
      opens: 3,
      clicks: 1,
      views: 3,
      cta_clicks: 1,
      replies: 0,
      seconds_on_page: 273,
      hot_since: at(0, "10:38"),
      last_action_at: at(0, "10:38"),
    },
    enrichment: [
      {
        field: "place",
        status: "found",
        value: { type: "place", latitude: 51.4545, longitude: -2.5879, zone: "Europe/London" },
        attempts: 0,
        source: "serpapi",
        at: at(-19),
      },
      {
        field: "email_verification",
        status: "found",
        value: { type: "email_verification", verdict: "deliverable", score: 96 },
        attempts: 0,
        source: "hunter",
        at: at(-19),
      },
      {
        field: "website",
        status: "found",
        value: {
          type: "website",
          address: "https://www.linden-physio.example/",
          statements: ["Linden Physio: Sports injuries and back pain in Bristol since 1998."],
        },
        attempts: 0,
        source: "website",
        at: at(-19),
      },
      {
        field: "first_line",
        status: "found",
        value: {
          type: "first_line",
          text: "Sports injuries and back pain in Bristol since 1998: that is a long time for one practice.",
          facts: [
            {
              number: 3,
              text: "What its website says about it: Linden Physio: Sports injuries and back pain in Bristol since 1998.",
              source: "website",
              at: at(-19),
            },
          ],
        },
        attempts: 0,
        source: "chat_model",
        at: at(-19),
        written_with: { model: "gpt-5-mini", prompt: "1.2" },
      },
    ],
  },
  "GET /api/leads/lead_0/consent": {
    channels: [
      { channel: "email", allowed: true, needed: null, recorded: CONSENT },
      { channel: "sms", allowed: true, needed: null, recorded: null },
      {
        channel: "whatsapp",
        allowed: false,
        needed: { accepts: ["written_consent", "consent"], rule: "WhatsApp's rules ask for an opt-in" },
        recorded: { ...CONSENT, channel: "whatsapp", basis: "consent", withdrawn_at: at(-3) },
      },
    ],
  },
  "GET /api/leads/lead_0/timeline": {
    items: [
      event("e1", -20, "14:20", { kind: "created", source: "import" }),
      event("assigned", -20, "14:20", {
        kind: "owner_assigned",
        owner: "user_1",
        rule: "routing_rule_1",
        rule_name: "British Isles",
        how: "round_robin",
      }),
      event("consent", -19, "10:05", {
        kind: "consent_changed",
        channel: "email",
        from: null,
        to: "legitimate_interest",
        on: at(-20).slice(0, 10),
        note: "Trade register",
      }),
      event("e2", -8, "09:12", { kind: "enrolled", campaign: "campaign_1", campaign_name: "Clinics, autumn" }),
      event("m1", -8, "09:47", { kind: "message", message: message("m1", -8, {}) }),
      event("m2", -5, "09:31", {
        kind: "message",
        message: message("m2", -5, { step: 1, subject: "Re: Linden Physio, 2 minutes?", machine_events: 0 }),
      }),
      event("m3", -1, "10:04", {
        kind: "message",
        message: message("m3", -1, {
          step: 2,
          channel: "sms",
          subject: "",
          text: "Hi Elena, I made a booking page for Linden Physio so you can see it live. Reply STOP to opt out.",
          first_opened_at: null,
          machine_events: 0,
        }),
      }),
      event("v1", 0, "10:31", {
        kind: "engaged",
        action: { action: "preview_viewed", session: "s1" },
        verdict: "human",
        rule: "nothing_against_it",
        message: null,
      }),
      event("v2", 0, "10:33", {
        kind: "engaged",
        action: { action: "opened" },
        verdict: "scanner",
        rule: "too_soon",
        message: "m1",
      }),
      event("h1", 0, "10:38", { kind: "turned_hot", views: 3 }),
      {
        ...event("task_5", 0, "14:30", {
          kind: "task",
          task: "task_5",
          task_kind: "whatsapp",
          title: "Write to Elena from your own phone",
          done: false,
        }),
        planned: true,
      },
      {
        ...event("p1", 6, "09:30", {
          kind: "planned_step",
          campaign: "campaign_1",
          campaign_name: "Clinics, autumn",
          step: 3,
          step_kind: "email",
          subject: "Last note",
        }),
        planned: true,
      },
    ],
    enrolments: [
      {
        campaign: "campaign_1",
        campaign_name: "Clinics, autumn",
        campaign_state: "active",
        sequence: "sequence_1",
        version: 7,
        state: "scheduled",
        hold_reason: null,
        held_until: null,
        end_reason: null,
        step: 3,
        steps: 6,
        line: [
          { kind: "email", state: "done", why: null },
          { kind: "email", state: "done", why: null },
          { kind: "sms", state: "skipped", why: "other_way" },
          { kind: "email", state: "planned", why: null },
          { kind: "task", state: "planned", why: null },
          { kind: "email", state: "planned", why: null },
        ],
        due: at(6),
        enrolled_at: at(-8),
        ended_at: null,
      },
    ],
  },
  "POST /api/leads/lead_0/pause": {
    campaigns: [
      {
        campaign_id: "campaign_1",
        campaign_name: "Clinics, autumn",
        outcome: "paused",
        before: { state: "scheduled", hold_reason: null, held_until: null, pause_wanted: null, due: at(6) },
        now: { state: "held", hold_reason: "paused_by_user", held_until: at(7), pause_wanted: null, due: at(7) },
      },
    ],
  },
  "GET /api/leads/lead_0/why": {
    checks: [
      { rule: "workspace_sending", passed: true, seen: "on" },
      { rule: "may_be_contacted", passed: true, seen: "no opt-out or suppression" },
      { rule: "reachable", passed: true, seen: "email, sms, whatsapp" },
      { rule: "in_a_campaign", passed: true, seen: "in one campaign" },
    ],
    next: { what: "send", at: at(1, "09:10") },
    enrolments: [
      {
        enrolment: {
          campaign: "campaign_1",
          campaign_name: "Autumn clinics",
          campaign_state: "active",
          sequence: "sequence_1",
          version: 7,
          state: "scheduled",
          step: 2,
          steps: 4,
          line: [],
          due: at(1, "09:10"),
          enrolled_at: at(-8),
        },
        step_kind: "email",
        happened: [
          { at: at(-8), what: "enrolled" },
          { at: at(-8, "09:41"), what: "message", channel: "email", state: "delivered", step: 0 },
          {
            at: at(-4, "14:02"),
            what: "task",
            task_kind: "call",
            title: "Call about the bookings",
            outcome: "voicemail",
          },
        ],
        checks: [
          { rule: "enrolment_open", passed: true, seen: "active" },
          { rule: "workspace_sending", passed: true, seen: "on" },
          { rule: "campaign_active", passed: true, seen: `active since ${at(-36)}` },
          { rule: "no_reply", passed: true, seen: "no reply since enrolment" },
          { rule: "delay_over", passed: false, seen: `until ${at(1, "09:10")}` },
        ],
        next: { what: "send", at: at(1, "09:10") },
        zone: "Europe/London",
        zone_source: "address",
      },
      {
        enrolment: {
          campaign: "campaign_2",
          campaign_name: "Spring opticians",
          campaign_state: "completed",
          sequence: "sequence_1",
          version: 5,
          state: "ended",
          end_reason: "finished",
          step: 3,
          steps: 3,
          line: [],
          enrolled_at: at(-90),
          ended_at: at(-70),
        },
        step_kind: null,
        happened: [
          { at: at(-90), what: "enrolled" },
          { at: at(-70), what: "ended", reason: "finished" },
        ],
        checks: [{ rule: "enrolment_open", passed: false, seen: "ended: all steps done" }],
        next: { what: "nothing", at: null },
        zone: "Europe/London",
        zone_source: "address",
      },
    ],
  },
  "GET /api/leads/lead_0/preview": { url: "https://nq.example/preview/6hJ2kQ", expires_at: at(22), revoked: false },
  "GET /api/campaigns": {
    items: [
      campaign("campaign_1", "Clinics, autumn", "active"),
      campaign("campaign_2", "US clinics, pilot", "paused"),
      campaign("campaign_3", "US & NL clinics, winter", "draft"),
    ],
    total: 3,
  },
  "GET /api/campaigns/campaign_1": campaign("campaign_1", "Clinics, autumn", "active"),
  "GET /api/campaigns/campaign_1/page": {
    is_standard: false,
    blocks: [
      { kind: "hero", headline: "Fewer missed calls for {{ company }}", text: "" },
      { kind: "opening_line" },
      { kind: "offer", heading: "", text: "Guests pick a time.\n\nYour phone stays free." },
      { kind: "proof", heading: "What others say", quotes: [{ text: "We get 14 bookings a week.", by: "A clinic" }] },
      { kind: "facts" },
      { kind: "video", heading: "See it at work", url: "https://video.example/1" },
      { kind: "calendar", label: "" },
      { kind: "faq", heading: "Questions", items: [{ question: "How long does it take?", answer: "A week." }] },
    ],
    closes_on: null,
    updated_at: at(-2),
    rev: 3,
  },
  "PUT /api/campaigns/campaign_1/page": {
    is_standard: false,
    blocks: [{ kind: "facts" }],
    closes_on: null,
    updated_at: at(0),
    rev: 4,
  },
  "POST /api/campaigns/campaign_1/page/draft": { path: "/preview/drafts/campaign_1", valid_until: at(1) },
  "GET /api/campaigns/campaign_1/simulation": {
    id: "simulation_1",
    asked_at: at(0),
    result: {
      made_at: at(0),
      people: 240,
      held: 3,
      cut_off: false,
      messages: 694,
      tasks: 12,
      last_message: at(24, "15:40"),
      senders: [
        {
          channel: "email",
          account_id: "account_1",
          name: "Maya's mailbox",
          zone: "Europe/London",
          days: [0, 1, 2, 3, 6, 7, 8, 9, 10, 13, 14, 15].map((d, i) => ({
            day: at(d).slice(0, 10),
            messages: i < 9 ? 40 : 40 - (i - 8) * 9,
            allowed: 40,
          })),
          without_limits: 232,
          accounts_needed: 6,
        },
      ],
      skipped: { no_phone: 4 },
      ends: { finished: 229, suppressed: 6, unreachable: 3 },
      would_be_held: { mailbox: 2 },
      costs: { currency: "GBP", emails: 694, email_micros: 69400, sms_segments: 0 },
    },
  },
  "GET /api/campaigns/campaign_1/simulation/people": {
    items: [0, 1, 4, 6].map((i) => ({
      lead_id: leadRow(i).id,
      name: leadRow(i).name,
      zone: leadRow(i).zone ?? "Europe/London",
      mailbox_id: "account_1",
      end: i === 6 ? "suppressed" : "finished",
      steps:
        i === 6
          ? []
          : [
              { step: 0, kind: "email", at: at(i), local: `${at(i).slice(0, 10)}T09:12` },
              { step: 1, kind: "email", at: at(i + 3), local: `${at(i + 3).slice(0, 10)}T10:40` },
              { step: 2, kind: "sms", because: "no_phone" },
            ],
    })),
    next_cursor: "1",
  },
  [`GET /api/campaigns/campaign_1/simulation/people/${leadRow(0).id}/steps/0`]: {
    from: "Maya Hart <maya@northquay.example>",
    to: leadRow(0).email,
    subject: "Your reviews",
    text: "Hello,\n\nyour guests praise the garden in every review. May I show you what others do with that?\n\nMaya",
  },
  "GET /api/campaigns/campaign_1/stats": {
    enrolments: {
      enrolled: 640,
      in_flight: 420,
      held: 27,
      late: 0,
      finished: 98,
      replied: 74,
      opted_out: 9,
      bounced: 7,
      won: 5,
      other: 0,
    },
    messages: figures(1968),
    clients: 8,
    steps: [
      { step: 0, id: "step_1", kind: "email", headline: "Your booking page is ready", messages: figures(592) },
      { step: 1, id: "step_2", kind: "email", headline: "", messages: figures(497) },
      { step: 2, id: "step_3", kind: "sms", headline: "", messages: { ...figures(388), sent_email: 0, sent_sms: 388 } },
    ],
  },
  "GET /api/campaigns/campaign_1/writing": {
    settings: { ai: true, tone: "Warm and brief", budget: 5_000_000 },
    ai_enabled: true,
    spent: 1_840_000,
    reserved: 20_000,
    left: 3_140_000,
    example: {
      lead_id: "lead_0",
      lead_name: "Elena Marsh",
      text: "A physio practice in Leeds with a rating of 4.8 is no accident.",
      from: "campaign",
      why: null,
      facts: [
        { number: 2, text: "Its line of business is Physiotherapist.", source: "lead.category" },
        { number: 4, text: "Customers rate it 4.8 of 5.", source: "place.rating" },
      ],
    },
  },
  "GET /api/campaigns/campaign_1/auto-enrol": {
    taken_today: 12,
    look: {
      at: at(0, "10:05"),
      matched: 68,
      inside: 40,
      waiting: 19,
      left_out: [
        { reason: "in_other_campaign", people: 6 },
        { reason: "suppressed", people: 3 },
      ],
    },
    jobs: [
      {
        id: "job_1",
        started_at: at(-2, "09:12"),
        finished_at: at(-2, "09:14"),
        enrolled: 430,
        left_out: [
          { reason: "already", people: 67 },
          { reason: "suppressed", people: 3 },
        ],
      },
    ],
  },
  "GET /api/campaigns/campaign_1/variants": {
    leads_per_variant: 250,
    proposed_leads: 797,
    steps: [
      {
        step: 0,
        id: "step_1",
        kind: "email",
        verdict: "ahead",
        compared_at: at(-1, "09:15"),
        leader: "variant_b",
        variants: [
          variant("variant_a", "A", 304, 11, 0.018, 0.062, 0.03),
          variant("variant_b", "Short", 288, 27, 0.064, 0.131, 0.97),
        ],
      },
      {
        step: 2,
        id: "step_3",
        kind: "sms",
        verdict: "too_early",
        compared_at: null,
        leader: null,
        variants: [
          variant("variant_c", "A", 61, 3, 0.014, 0.124, null),
          { ...variant("variant_d", "B", 58, 1, 0.002, 0.079, null), paused: true },
        ],
      },
    ],
  },
  "GET /api/campaigns/campaign_1/enrolments": {
    items: [
      enrolment(0, "scheduled"),
      enrolment(3, "scheduled", { step: 1 }),
      enrolment(6, "held", { hold_reason: "out_of_office", held_until: at(14), due: null, step: 1 }),
      enrolment(11, "held", { hold_reason: "uncertain", due: null, step: 1 }),
      enrolment(1, "ended", { end_reason: "won", step: 2 }),
      enrolment(2, "ended", { end_reason: "replied", step: 2 }),
      enrolment(12, "ended", { end_reason: "opted_out", step: 1 }),
    ],
  },
  "GET /api/emails/senders": {
    channels: [
      {
        channel: "email",
        account: "account_1",
        gone: false,
        choices: [{ account: "account_1", name: "Maya", from: "Maya <maya@northquay.example>", waits: null }],
      },
      { channel: "sms", account: null, gone: false, choices: [] },
      { channel: "whatsapp", account: null, gone: false, choices: [] },
    ],
  },
  "GET /api/emails/bulk": {
    items: [
      {
        id: "bulk_message_1",
        author: "user_1",
        channel: "email",
        account_id: "account_1",
        subject: "We moved to Harbour Street",
        people: 120,
        queued: 114,
        left_out: { do_not_contact: 4, missing_value: 2 },
        sent: 61,
        failed: 1,
        uncertain: 0,
        cancelled: 3,
        send_at: null,
        created_at: at(0),
        finished_at: at(0, "09:31"),
        cancelled_at: null,
      },
    ],
  },
  "POST /api/emails/bulk/check": {
    people: 2,
    looked_at: 2,
    reached: 1,
    waits: { too_soon: 1 },
    left_out: { missing_value: 1 },
    examples: [
      { lead_id: "lead_1", name: "Grace Adeyemi", reason: "missing_value", detail: "nothing is known for first_name" },
    ],
    previews: [
      {
        lead_id: "lead_0",
        name: "Elena Marsh",
        to: "elena@lindenphysio.example",
        subject: "We moved",
        text: "Hi Elena, we moved to Harbour Street.",
      },
    ],
  },
  "GET /api/campaigns/held": {
    items: [
      {
        ...enrolment(5, "held", { hold_reason: "out_of_office", held_until: at(4, "08:00") }),
        campaign_name: "Autumn clinics",
      },
      {
        ...enrolment(8, "held", { hold_reason: "uncertain", held_until: at(0, "12:10") }),
        campaign_name: "Autumn clinics",
      },
      { ...enrolment(11, "held", { hold_reason: "missing_value" }), campaign_name: "Spring opticians" },
    ],
    next_cursor: "campaign_2.x",
    total: 41,
  },
  "GET /api/campaigns/campaign_1/enrolments/lead_0": {
    enrolment: enrolment(0, "scheduled"),
    checks: [
      { rule: "enrolment_open", passed: true, seen: "active" },
      { rule: "workspace_sending", passed: true, seen: "on" },
      { rule: "campaign_active", passed: true, seen: "Active since 12 Oct" },
      { rule: "no_reply", passed: true, seen: "none so far" },
      { rule: "delay_over", passed: false, seen: "until 2026-11-18T09:10:00Z" },
      { rule: "window_open", passed: true, seen: "not reached" },
    ],
    next: { what: "send", at: at(1, "09:10") },
    zone: "Europe/London",
    zone_source: "address",
  },
  "GET /api/sequences": {
    items: [
      {
        id: "sequence_1",
        name: "Clinic preview",
        version: 7,
        steps,
        window: { weekdays: [1, 2, 3, 4, 5], ranges: [{ start: 540, end: 1020 }] },
        archived: false,
        created_at: at(-40),
        updated_at: at(-3),
        rev: 9,
      },
    ],
    total: 1,
  },
  "GET /api/sequences/sequence_1": {
    id: "sequence_1",
    name: "Clinic preview",
    version: 7,
    steps,
    window: { weekdays: [1, 2, 3, 4, 5], ranges: [{ start: 540, end: 1020 }] },
    archived: false,
    created_at: at(-40),
    updated_at: at(-3),
    rev: 9,
  },
  "POST /api/sequences/sequence_1/diff": {
    since: 7,
    version: 8,
    campaigns: 1,
    missing_values: { looked_at: 46, more: false, people: 3, fields: { city: 3 } },
    diff: {
      unchanged: false,
      is_patch: false,
      window_changed: true,
      steps: [
        {
          id: "step_1",
          change: "changed",
          from: 0,
          to: 0,
          moved: false,
          fields: ["subject", "delay"],
          before: steps[0],
          after: { ...steps[0], subject: "{{ company }}, one minute?", delay: { amount: 1, unit: "days" } },
        },
        { id: "step_3", change: "changed", from: 2, to: 1, moved: true, fields: [], before: steps[2], after: steps[2] },
        { id: "step_2", change: "removed", from: 1, to: null, moved: false, fields: [], before: steps[1], after: null },
        {
          id: "step_4",
          change: "added",
          from: null,
          to: 2,
          moved: false,
          fields: [],
          before: null,
          after: {
            id: "step_4",
            kind: "task",
            task: "call",
            delay: { amount: 2, unit: "working_days" },
            title: "Ring {{ first_name }}",
            body: "",
          },
        },
      ],
    },
    people: [
      {
        campaign_id: "campaign_1",
        campaign_name: "Clinics, autumn",
        version: 7,
        step_id: "step_2",
        step: steps[1],
        people: 386,
        gone: true,
      },
      {
        campaign_id: "campaign_1",
        campaign_name: "Clinics, autumn",
        version: 7,
        step_id: "step_3",
        step: steps[2],
        people: 1204,
        gone: false,
      },
    ],
    gone: [steps[1]],
  },
  "GET /api/sequences/sequence_1/versions": {
    items: [
      {
        version: 7,
        steps,
        window: { weekdays: [1, 2, 3, 4, 5], ranges: [{ start: 540, end: 1020 }] },
        made_at: at(-3),
        made_by: "user_1",
        patches: [{ at: at(-1), by: "user_1", before: [steps[0]] }],
        under_way: 1590,
      },
      {
        version: 6,
        steps: steps.slice(0, 2),
        window: { weekdays: [1, 2, 3, 4, 5], ranges: [{ start: 540, end: 1020 }] },
        made_at: at(-40),
        made_by: "user_1",
        patches: [],
        under_way: 0,
      },
    ],
    total: 2,
  },
  "GET /api/sequences/sequence_1/rollouts": {
    items: [
      {
        id: "rollout_2",
        version: 7,
        people: "now",
        mapping: {},
        campaigns: 1,
        ordered_at: at(-1),
        by: "user_1",
        finished_at: null,
        under_way: 1590,
        moved: 912,
        bound: 12,
        exited: 3,
      },
      {
        id: "rollout_1",
        version: 6,
        people: "keep",
        mapping: {},
        campaigns: 1,
        ordered_at: at(-40),
        by: "user_1",
        finished_at: at(-40),
        under_way: 0,
        moved: 0,
        bound: 0,
        exited: 0,
      },
    ],
  },
  "POST /api/sequences/sequence_1/preview": {
    zone: "Europe/London",
    zone_source: "address",
    end: "finished",
    steps: [
      {
        step: 0,
        kind: "email",
        at: at(1, "09:12"),
        local: "2026-11-18T09:12",
        subject: "Linden Physio, 2 minutes?",
        text: "Hi Elena,\n\nI made a booking page for Linden Physio, with your own hours, to try:\nnq.example/preview/6hJ2kQ\n\nMaya",
      },
      {
        step: 1,
        kind: "email",
        at: at(6, "09:05"),
        local: "2026-11-23T09:05",
        subject: "Re: Linden Physio, 2 minutes?",
        text: "Did you have a moment to look?",
      },
      { step: 2, kind: "sms", skipped: "no_phone" },
    ],
  },
  "GET /api/fields": {
    items: [{ id: "field_1", key: "Plan", label: "Plan", kind: "choice", options: ["Gold", "Silver"] }],
  },
  "GET /api/fields/field_1/use": { options: [], is_whole: false, rename: null },
  "GET /api/imports": { items: [importView("import_1", "done"), importView("import_2", "mapped")] },
  "GET /api/imports/import_1": importView("import_1", "done"),
  "GET /api/imports/import_2": importView("import_2", "mapped"),
  "GET /api/imports/import_3": importView("import_3", "checked"),
  "GET /api/templates": {
    items: [
      template("template_1", "Your booking page is ready", "First touch", "email", true, 2),
      template("template_2", "Same thread, day 3", "Follow-up", "email", true, 1),
      template("template_3", "The preview link", "Follow-up", "sms", false, 1),
      template("template_4", "Vets: bookings after hours", "First touch", "email", false, 0),
    ],
    total: 4,
  },
  "GET /api/templates/figures": {
    items: [
      {
        id: "template_1",
        campaigns: 2,
        contacted: 592,
        delivered: 580,
        opened: 214,
        clicked: 61,
        replied: 31,
        positive: 24,
        opted_out: 6,
        complained: 0,
        bounced: 12,
      },
    ],
  },
  "POST /api/templates/preview": {
    subject: "Linden Physio, 2 minutes?",
    text: "Hi Elena,\n\nYour site says booking is by phone only. With three rooms that must be a lot of calls.\n\nI made a booking page for Linden Physio, with your own hours, to try:\nnq.example/preview/6hJ2kQ\n\nMaya",
    missing: ["job_title"],
    errors: [],
    sms: null,
  },
  "GET /api/settings": SETTINGS,
  "GET /api/settings/tracking/domain": {
    domain: "go.northquay.example",
    state: "wrong_target",
    since: at(-1),
    found: ["shops.example."],
    target: "d-1a2b3c.execute-api.eu-central-1.amazonaws.com",
    standard_address: "https://app.invalid",
  },
  "GET /api/settings/why": {
    sends: true,
    channels: [{ channel: "email", sends: true, next: { what: "send", at: NOW } }],
    accounts: [{ id: "account_1", name: "Maya's mailbox", channel: "email", state: "works", fault: null }],
    checks: [
      { rule: "workspace_sending", passed: true, seen: "on" },
      { rule: "sender_enabled", passed: true, seen: "Maya's mailbox: on" },
      {
        rule: "sender_has_room",
        passed: false,
        seen: "Get mailbox: 40 of 40 today; capacity from Wed 11 Mar 00:00 GMT",
      },
    ],
    next: { what: "send", at: NOW },
  },
  "GET /api/settings/accounts/account_1": {
    ...MAYAS,
    limits: { ...MAYAS.limits, per_hour: 6, ramp_up: { from: at(-6).slice(0, 10), first_day: 8, daily_increase: 4 } },
    today: {
      day: at(0).slice(0, 10),
      allowed: 32,
      taken: 16,
      taken_new: 11,
      taken_in_hour: 4,
      next_free: at(0, "10:44"),
    },
    ahead: [28, 36, 40, 9, 0, 0, 3].map((expected, i) => ({
      day: at(i).slice(0, 10),
      allowed: Math.min(40, 32 + 4 * i),
      expected,
    })),
    last_error: { detail: "421 too many connections", at: at(-1, "14:05"), over_at: at(-1, "14:20") },
    hours_today: Array.from({ length: 24 }, (_, hour) => ({
      hour,
      taken: hour === 8 || hour === 9 ? 6 : hour === 10 ? 4 : 0,
      expected: hour === 10 ? 2 : hour === 11 ? 6 : hour === 12 ? 4 : 0,
    })),
    ramp: Array.from({ length: 15 }, (_, i) => ({ day: at(i - 6).slice(0, 10), allowed: Math.min(40, 8 + 4 * i) })),
    days_off: [{ day: at(3).slice(0, 10), name: "Company outing" }],
    campaigns: [
      { id: "campaign_1", name: "Salons, Bristol and Bath", state: "active", mailboxes: 2 },
      { id: "campaign_2", name: "Dentists, Cornwall", state: "paused", mailboxes: 1 },
    ],
  },
  "GET /api/settings/accounts": {
    items: [
      MAYAS,
      account(
        "account_2",
        "Get mailbox",
        "smtp",
        {
          host: "smtp.get-northquay.example",
          port: 587,
          security: "start_tls",
          username: "maya",
          from_address: "maya@get-northquay.example",
          from_name: "Maya Okafor",
          reply_to: null,
        },
        { detail: "535 authentication failed", at: at(0, "09:12"), over_at: null },
      ),
      account(
        "account_3",
        "Replies",
        "inbound_email",
        { addresses: ["reply@northquay.example"] },
        null,
        "https://nq.example/api/webhooks/inbound-email/account_3",
      ),
      account(
        "account_4",
        "Our number",
        "twilio",
        { base_url: "https://api.twilio.com", account_sid: "AC123", from_number: "+447700900118" },
        null,
        "https://nq.example/api/webhooks/twilio/account_4",
      ),
      account("account_5", "Places", "serp_api", { base_url: "https://serpapi.com" }, null),
    ],
    total: 5,
  },
  "GET /api/settings/rules": {
    items: [
      {
        id: "rule_1",
        name: "Call hot leads",
        when: { event: "turned_hot" },
        only: { status: [], country: ["GB"], tag: [] },
        actions: [
          { do: "stop" },
          { do: "enrol", campaign: "campaign_1" },
          { do: "create_task", title: "Ring them today" },
          { do: "notify" },
        ],
        enabled: true,
        created_by: "user_1",
        created_at: at(-20),
      },
      {
        id: "rule_2",
        name: "Fifth visit",
        when: { event: "did", what: "page_viewed", times: 5 },
        only: { status: [], country: [], tag: [] },
        actions: [{ do: "notify" }],
        enabled: false,
        created_by: "user_1",
        created_at: at(-12),
      },
    ],
  },
  "GET /api/settings/suppressions": {
    items: [
      {
        scope: "email",
        value: "iris@holt.example",
        reason: "opted_out",
        source: null,
        created_by: null,
        created_at: at(-2),
        expires_at: null,
      },
      {
        scope: "domain",
        value: "competitor.example",
        reason: "manual",
        source: null,
        created_by: "user_1",
        created_at: at(-9),
        expires_at: null,
      },
      {
        scope: "phone",
        value: "+447700900461",
        reason: "opted_out",
        source: null,
        created_by: null,
        created_at: at(-12),
        expires_at: null,
      },
    ],
  },
  "GET /api/team/invitations": {
    items: [
      {
        id: "invitation_1",
        email: "ben@northquay.example",
        name: "Ben Ashdown",
        role: "rep",
        invited_by: "user_1",
        created_at: at(-1),
        expires_at: at(6),
        ended: false,
      },
    ],
    total: 1,
  },
  "GET /api/settings/access-log": {
    items: [
      { kind: "signed_in", by: "user_1", device: "Firefox on Linux", leads: null, at: at(0) },
      { kind: "exported", by: "user_1", device: "Firefox on Linux", leads: 1_204, at: at(-1) },
      { kind: "key_used", by: "key_1", device: null, leads: null, at: at(-1) },
      { kind: "sign_in_refused", by: "user_2", device: "Chrome on Windows", leads: null, at: at(-2) },
    ].map((access, n) => ({ id: `access_${n}`, network: "4f1a90bc", ...access })),
    next_cursor: null,
  },
  "GET /api/keys": {
    items: [
      {
        id: "key_1",
        name: "Website form",
        prefix: "lf_1a2b3c4d",
        state: "active",
        scopes: ["leads:read", "leads:write"],
        requests_per_minute: 120,
        created_by: "user_1",
        created_at: at(-20),
        expires_at: at(70),
        revoked_at: null,
        last_used_at: at(0),
      },
      {
        id: "key_2",
        name: "Monthly report",
        prefix: "lf_9f8e7d6c",
        state: "revoked",
        scopes: ["reports:read", "campaigns:read"],
        requests_per_minute: 60,
        created_by: "user_2",
        created_at: at(-50),
        expires_at: null,
        revoked_at: at(-3),
        last_used_at: at(-4),
      },
    ],
    total: 2,
  },
  "GET /api/settings/slack": SLACK,
  "GET /api/notifications/choices": CHOICES,
  "GET /api/notifications/devices": { server_key: "BKey", devices: [] },
  "GET /api/notifications/digest": DIGEST,
  "GET /api/notifications/digest/preview": {
    day: "2026-11-17",
    subject: "1 hot lead, 1 reply waits, 1 task due",
    parts: [
      { part: "hot_leads", count: 1, lines: [{ text: "Elena Marsh turned hot", lead_id: "lead_0" }] },
      { part: "replies", count: 1, lines: [{ text: "Owen Pryce", lead_id: "lead_7" }] },
      { part: "tasks", count: 1, lines: [{ text: "Marcus Hale: Call back", lead_id: "lead_2" }] },
    ],
  },
  "GET /api/settings/routing": ROUTING,
  "PUT /api/settings/routing": { ...ROUTING, rev: 4 },
  "POST /api/settings/routing/preview": {
    leads: Array.from({ length: 10 }, (_, i) => ({
      owner: i % 2 ? "user_2" : "user_1",
      rule: "routing_rule_1",
      rule_name: "British Isles",
      how: "round_robin",
    })),
  },
  "GET /api/team": {
    items: [
      {
        id: "user_1",
        name: "Maya Okafor",
        email: "maya@northquay.example",
        role: "owner",
        disabled: false,
        second_factor: true,
        created_at: at(-60),
      },
      {
        id: "user_2",
        name: "Tom Asher",
        email: "tom@northquay.example",
        role: "rep",
        disabled: false,
        second_factor: false,
        created_at: at(-30),
      },
    ],
    total: 2,
  },
  "GET /api/dashboard/stats": {
    leads: 12480,
    hot_leads: 4,
    date: NOW.slice(0, 10),
    in_flight: 516,
    held: 27,
    uncertain: 1,
    active_campaigns: 1,
    inbox_open: 3,
    tasks_open: 4,
    tasks_due: 1,
    total: counters(9000),
    mrr: { amount_minor: 1047400, currency: "GBP" },
    clients: 126,
    today: counters(61),
    week: counters(586),
    last_week: counters(564),
  },
  "GET /api/dashboard/timeline": {
    days: Array.from({ length: 14 }, (_, i) => ({
      date: at(i - 13).slice(0, 10),
      counters: counters([60, 80, 85, 70, 92, 30, 0, 66, 88, 90, 101, 97, 40, 61][i] ?? 0),
    })),
  },
  "GET /api/dashboard/campaigns": {
    items: [
      { id: "campaign_1", name: "Clinics, autumn", state: "active", counters: { ...counters(592), in_flight: 420 } },
      { id: "campaign_2", name: "US clinics, pilot", state: "paused", counters: { ...counters(110), in_flight: 96 } },
      { id: "campaign_3", name: "US & NL clinics, winter", state: "draft", counters: {} },
    ],
  },
  "GET /api/tasks": {
    items: [
      {
        id: "task_1",
        priority: "normal",
        tries: 0,
        body: "",
        lead_id: "lead_7",
        lead_name: "Owen Pryce",
        kind: "follow_up",
        title: "Asked to be called back",
        due_at: at(-1, "16:30"),
      },
      {
        id: "task_2",
        priority: "normal",
        tries: 0,
        body: "",
        lead_id: "lead_0",
        lead_name: "Elena Marsh",
        kind: "hot_lead",
        title: "Viewed the preview 3 times",
        due_at: at(0, "11:00"),
      },
      {
        id: "task_3",
        priority: "normal",
        tries: 0,
        body: "",
        lead_id: "lead_11",
        lead_name: "Beth Lawson",
        kind: "resolve_uncertain",
        title: "Did this mail arrive?",
        message_id: "msg_11",
        due_at: at(0, "12:15"),
      },
      {
        id: "task_4",
        priority: "normal",
        tries: 0,
        body: "",
        lead_id: "lead_1",
        lead_name: "Grace Adeyemi",
        kind: "manual",
        title: "Send the signed proposal",
        due_at: at(0, "14:00"),
      },
      { ...CHAT_TASK, due_at: at(0, "14:30") },
      {
        id: "task_6",
        priority: "normal",
        tries: 0,
        lead_id: "lead_6",
        lead_name: "Jonas Brandt",
        kind: "linkedin",
        title: "Ask him to connect",
        body: "Hi Jonas, I work with dental practices in Leipzig. May I show you what your booking page could look like?",
        link: "https://www.linkedin.com/in/jonas-brandt",
        campaign_id: "campaign_1",
        due_at: at(0, "15:00"),
      },
      {
        id: "task_7",
        priority: "normal",
        tries: 0,
        lead_id: "lead_5",
        lead_name: "Femi Balogun",
        kind: "call",
        title: "Call about the bookings",
        body: [
          "Hi Femi, this is Maya from Northquay.",
          "I sent you a page with your opening hours in it. Did you see it?",
          "If yes: which part would you change?",
          "If no: may I send it again while we speak?",
          "How do people book with you today?",
          "What happens to those who ring after six?",
          "Shall we look at it together on Thursday at ten?",
        ].join("\n"),
        link: "tel:+441174960142",
        campaign_id: "campaign_1",
        due_at: at(0, "15:30"),
      },
    ],
  },
  "GET /api/tasks/task_5": CHAT_TASK,
  "GET /api/notifications": {
    items: [
      {
        id: "n1",
        kind: "hot_lead",
        title: "Elena Marsh turned hot",
        detail: "Linden Physio: 3 preview visits within ten minutes",
        lead_id: "lead_0",
        created_at: at(0, "10:38"),
        read_at: null,
      },
      {
        id: "n2",
        kind: "reply",
        title: "Marcus Hale replied",
        detail: "Two chairs and a hygienist",
        lead_id: "lead_2",
        created_at: at(0, "09:58"),
        read_at: at(0, "10:00"),
      },
    ],
    unread: 1,
  },
  "GET /api/inbox": {
    items: [
      conversation(2, "email", "09:58", "Two chairs and a hygienist: what would that cost a month?", 1),
      conversation(9, "sms", "09:37", "Klinkt goed. Kunt u donderdag na vier uur bellen?", 1),
      {
        ...conversation(6, "email", "17:40", "Ich bin bis 30. November nicht im Büro.", 0),
        last_at: at(-1, "17:40"),
        kind: "out_of_office",
      },
    ],
  },
  "GET /api/inbox/drafts": { items: [] },
  "GET /api/inbox/lead_2": {
    conversation: conversation(2, "email", "09:58", "Two chairs", 1),
    stopped: [{ campaign_id: "campaign_1", campaign_name: "Clinics, autumn", reason: "replied", at: at(0, "09:58") }],
    channels: [
      { channel: "email", open: true, closed_because: null },
      { channel: "sms", open: true, closed_because: null },
    ],
    lead: {
      id: "lead_2",
      name: "Marcus Hale",
      company: "Hale & Daughters Dental",
      email: "marcus@haledental.example",
      phone: "+441134960377",
      score: 79,
      status: "replied",
      zone: "Europe/London",
    },
    messages: [
      {
        id: "i1",
        direction: "out",
        channel: "email",
        state: "delivered",
        from: "maya@northquay.example",
        to: "marcus@haledental.example",
        subject: "Your booking page is ready",
        text: "Hi Marcus, ...",
        step: 0,
        opens: 1,
        clicks: 1,
        created_at: at(-7, "09:22"),
      },
      {
        id: "i2",
        direction: "in",
        channel: "email",
        state: "received",
        from: "marcus@haledental.example",
        to: "maya@northquay.example",
        subject: "Re: Your booking page is ready",
        text: "Hi Maya,\n\nhad a look at the page you made, my daughter liked it too. What would that cost a month?\n\nMarcus",
        understood: {
          kind: "person",
          intent: "question",
          rule: "question_wording",
          sentence: "What would that cost a month?",
          by: "rules",
        },
        created_at: at(0, "09:58"),
      },
    ],
  },
  "GET /api/revenue": {
    clients: 126,
    unsure: 0,
    currencies: [
      {
        mrr: { amount_minor: 1047400, currency: "GBP" },
        currency: "GBP",
        arr: { amount_minor: 12568800, currency: "GBP" },
        average_per_client: { amount_minor: 8313, currency: "GBP" },
        projection: ["2026-12", "2027-01", "2027-02", "2027-03", "2027-04", "2027-05"].map((month, i) => ({
          month,
          mrr_minor: 1114000 + i * 67000,
        })),
        subscribed: 126,
        ending: { amount_minor: 7900, currency: "GBP" },
        disputed: { amount_minor: 0, currency: "GBP" },
        collected: { amount_minor: 8120000, currency: "GBP" },
        months: ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"].map((month, i) => ({
          month,
          new_minor: [70000, 65000, 38000, 78000, 86000, 62300][i],
          expansion_minor: [15100, 13100, 15500, 22900, 21900, 28000][i],
          contraction_minor: [4000, 0, 6000, 14000, 9000, 14000][i],
          churn_minor: [18800, 23700, 16800, 23700, 13800, 23700][i],
          collected_minor: 900000,
          net_minor: [62300, 54400, 30700, 63200, 85100, 52600][i],
          mrr_minor: [750000, 810000, 840000, 900000, 990000, 1047400][i],
        })),
      },
    ],
  },
  "GET /api/revenue/transactions": {
    items: [
      {
        id: "t1",
        client_id: "client_1",
        client_name: "Ashgrove Physio",
        lead_id: "lead_0",
        kind: "payment",
        amount: { amount_minor: 7900, currency: "GBP" },
        at: at(-1),
      },
      {
        id: "t2",
        client_id: "client_2",
        client_name: "Castle Vets",
        lead_id: null,
        kind: "refund",
        amount: { amount_minor: 14900, currency: "GBP" },
        at: at(-4),
      },
    ],
  },
  "GET /api/companies": {
    items: [
      {
        domain: "quay.example",
        name: "Northquay Dental Group",
        owner: "user_1",
        parent: "group.example",
        leads: 12,
        stages: [
          { status: "new", leads: 4 },
          { status: "contacted", leads: 6 },
          { status: "won", leads: 2 },
        ],
        score: 86,
        hot: true,
        last_contacted_at: at(-1),
        updated_at: at(-1),
      },
      {
        domain: "a-very-long-name-of-a-company-that-nobody-would-type.example",
        name: "a-very-long-name-of-a-company-that-nobody-would-type.example",
        owner: null,
        parent: null,
        leads: 1,
        stages: [{ status: "new", leads: 1 }],
        score: 20,
        hot: false,
        last_contacted_at: null,
        updated_at: at(-9),
      },
    ],
    next_cursor: null,
    total: 2,
  },
  "GET /api/companies/quay.example": {
    domain: "quay.example",
    name: "Northquay Dental Group",
    given_name: "Northquay Dental Group",
    owner: "user_1",
    note: "Renews in May. Buys through its head office.",
    parents: [{ domain: "group.example", name: "Group Holding" }],
    leads: 12,
    stages: [
      { status: "new", leads: 4 },
      { status: "contacted", leads: 6 },
      { status: "won", leads: 2 },
    ],
    score: 86,
    hot: true,
    last_contacted_at: at(-1),
    updated_at: at(-1),
    suppressed_since: null,
    held_until: at(3),
    revenue: {
      clients: 2,
      collected: [{ amount_minor: 15800, currency: "GBP" }],
      mrr: [{ amount_minor: 7900, currency: "GBP" }],
      is_partial: false,
    },
    rev: 3,
  },
  "GET /api/companies/quay.example/timeline": {
    leads: 2,
    of: 12,
    items: [
      {
        lead: "lead_0",
        lead_name: "Elena Marsh",
        id: "follow-up-lead_0",
        at: at(2),
        planned: true,
        user: null,
        program: null,
        kind: "follow_up",
      },
      {
        lead: "lead_1",
        lead_name: "Grace Adeyemi",
        id: "note-1",
        at: at(-1),
        planned: false,
        user: "user_1",
        program: null,
        kind: "note",
        text: "Asked for an offer for all four practices.",
      },
      {
        lead: "lead_0",
        lead_name: "Elena Marsh",
        id: "created-lead_0",
        at: at(-30),
        planned: false,
        user: null,
        program: null,
        kind: "created",
        source: "csv",
      },
    ],
  },
  "GET /api/clients/client_1": {
    client: {
      id: "client_1",
      name: "Ashgrove Physio",
      email: "a@b.example",
      lead_id: "lead_0",
      campaign_id: "campaign_1",
      since: at(-40),
      mrr: [{ amount_minor: 7900, currency: "GBP" }],
      mrr_is_unsure: false,
      ending: [{ amount_minor: 7900, currency: "GBP" }],
      ends_at: at(20),
      disputed: [{ amount_minor: 7900, currency: "GBP" }],
      collected: [
        { amount_minor: 15800, currency: "GBP" },
        { amount_minor: 9900, currency: "EUR" },
      ],
      credits: [
        { user: "user_1", percent: 60 },
        { user: "user_2", percent: 40 },
      ],
      rev: 4,
    },
    subscriptions: [
      {
        id: "sub_1",
        status: "active",
        monthly: { amount_minor: 7900, currency: "GBP" },
        is_unsure: false,
        ends_at: at(20),
        started_at: at(-40),
        ended_at: null,
      },
    ],
    disputes: [
      {
        id: "du_1",
        amount: { amount_minor: 7900, currency: "GBP" },
        reason: "product_not_received",
        outcome: "open",
        due_by: at(14),
        at: at(-1),
      },
    ],
    transactions: [
      ["in_2", "payment", 7900, "GBP", -10],
      ["re_1", "refund", -2000, "GBP", -12],
      ["pi_1", "payment", 9900, "EUR", -30],
      ["in_1", "payment", 9900, "GBP", -40],
    ].map(([id, kind, amount_minor, currency, day]) => ({
      id,
      client_id: "client_1",
      client_name: "Ashgrove Physio",
      lead_id: "lead_0",
      kind,
      amount: { amount_minor, currency },
      at: at(Number(day)),
    })),
  },
  "GET /api/targets": (url: URL) => targetsOf(url.searchParams.get("month") ?? MONTH),
  "GET /api/commissions": {
    month: MONTH,
    closed_at: null,
    can_be_closed: false,
    earnings: [
      {
        user: "user_1",
        name: "Maya Okafor",
        credited: [{ amount_minor: 110600, currency: "GBP" }],
        taken_back: [{ amount_minor: -7900, currency: "GBP" }],
        earned: [{ amount_minor: 16590, currency: "GBP" }],
        tiers: [{ from_minor: 0, basis_points: 1500 }],
      },
      {
        user: "user_2",
        name: "Tom Asher",
        credited: [
          { amount_minor: 9900, currency: "EUR" },
          { amount_minor: 620000, currency: "GBP" },
        ],
        taken_back: [],
        earned: [
          { amount_minor: 990, currency: "EUR" },
          { amount_minor: 65000, currency: "GBP" },
        ],
        tiers: TIERS,
      },
    ],
    not_credited: [{ amount_minor: 4900, currency: "GBP" }],
    closed_months: [],
  },
  "GET /api/commissions/lines": {
    items: [
      ["in_2", "payment", 7900, -10, 60],
      ["re_1", "refund", -2000, -12, 100],
    ].map(([id, kind, amount, day, percent]) => ({
      id,
      client_id: "client_1",
      client_name: "Ashgrove Physio",
      lead_id: "lead_0",
      kind,
      amount: { amount_minor: amount, currency: "GBP" },
      shares: ["user_1", "user_2"].map((user) => ({
        user,
        percent,
        amount: { amount_minor: (Number(amount) * Number(percent)) / 100, currency: "GBP" },
      })),
      at: at(Number(day)),
    })),
    next_cursor: null,
    total: 2,
  },
  "GET /api/commissions/plan": {
    currency: "GBP",
    tiers: TIERS,
    own: [{ user: "user_1", tiers: [{ from_minor: 0, basis_points: 1500 }] }],
    rev: 2,
  },
  "GET /api/clients": {
    items: [
      {
        id: "client_1",
        name: "Ashgrove Physio",
        email: "a@b.example",
        lead_id: "lead_0",
        campaign_id: "campaign_1",
        since: at(-40),
        mrr: [{ amount_minor: 7900, currency: "GBP" }],
        mrr_is_unsure: false,
        ending: [],
        disputed: [],
        collected: [{ amount_minor: 15800, currency: "GBP" }],
        credits: [],
        rev: 1,
      },
      {
        id: "client_2",
        name: "Castle Vets",
        email: null,
        lead_id: null,
        campaign_id: null,
        since: at(-200),
        mrr: [{ amount_minor: 14900, currency: "GBP" }],
        mrr_is_unsure: false,
        ending: [],
        disputed: [],
        collected: [{ amount_minor: 104300, currency: "GBP" }],
        credits: [],
        rev: 1,
      },
    ],
  },
  "GET /api/emails/uncertain": {
    items: [
      {
        id: "message_9",
        lead_id: "lead_5",
        lead_name: "Tom Whitfield",
        channel: "email",
        subject: "About your question on Tuesday",
        author: "user_1",
        campaign_id: null,
        bulk_message_id: null,
        step: null,
        account_id: "account_1",
        tried_at: at(0, "11:02"),
        checking_until: null,
      },
    ],
    next_cursor: null,
  },
  "GET /api/ops/check": SELF_CHECK,
  "GET /api/ops/queues/enrichment/dead-letters": {
    items: [{ id: "dl1", summary: "enrich lead_4", body: "{}", attempts: 4 }],
    others: 1,
    total: 2,
  },
  "GET /api/ops/queues": {
    queues: [
      { name: "imports", waiting: 0, in_flight: 0, delayed: 0, dead: 0 },
      { name: "enrichment", waiting: 174, in_flight: 4, delayed: 0, dead: 2 },
      { name: "columns", waiting: 1, in_flight: 1, delayed: 0, dead: 0 },
      { name: "send", waiting: 12, in_flight: 1, delayed: 114, dead: 0 },
      { name: "inbound", waiting: 0, in_flight: 0, delayed: 0, dead: 0 },
    ],
  },
};

export const SESSION = {
  access_token: "test",
  refresh_token: "test",
  expires_in: 900,
  user: {
    id: "user_1",
    name: "Maya Okafor",
    email: "maya@northquay.example",
    role: "owner",
    email_proof: "proven",
    phone_proven: false,
    workspaces: 2,
  },
  workspace: { id: "ws_1", name: "Northquay" },
  second_factor_needed: false,
};

/** An override for an answer that never comes. */
export const NEVER = Symbol("never");

/** How long an answer takes, in ms, by its path and by how many were requested before it. */
export type DelayOf = (path: string, before: number) => number;

/** Answers every API call of the page from the recordings, or as `override` says. */
export async function answerAll(page: Page, override: Record<string, unknown> = {}, delayOf: DelayOf = () => 0) {
  const answers: Record<string, unknown> = {
    "POST /api/auth/refresh": SESSION,
    "GET /api/auth/me": SESSION,
    "GET /api/auth/workspaces": {
      items: [
        { id: "ws_1", name: "Northquay", role: "owner", current: true },
        { id: "ws_2", name: "Harbour Labs", role: "rep", current: false },
      ],
    },
    "GET /api/auth/providers": { items: [] },
    "GET /api/auth/identities": { items: [] },
    "GET /api/auth/totp": { on: false, has_password: true, since: null, recovery_codes_left: 0 },
    "GET /api/auth/passkeys": { items: [] },
    "POST /api/auth/passkey/begin": {
      attempt: "sealed",
      challenge: "Y2hhbGxlbmdl",
      host: "app.invalid",
      timeout: 300_000,
    },
    "GET /api/auth/sessions": {
      items: [
        {
          id: "session_1",
          current: true,
          device: "Firefox on Linux",
          created_at: "2026-11-18T08:02:00Z",
          used_at: "2026-11-20T09:58:00Z",
          expires_at: "2026-12-18T08:02:00Z",
        },
        {
          id: "session_2",
          current: false,
          device: "Chrome on Android",
          created_at: "2026-11-02T17:40:00Z",
          used_at: "2026-11-19T21:13:00Z",
          expires_at: "2026-12-02T17:40:00Z",
        },
      ],
    },
    "GET /api/auth/signup": { state: "open" },
    ...answersOf(),
    ...ANSWERS,
    ...override,
  };
  await page.clock.setFixedTime(NOW);
  await page.addInitScript(() => localStorage.setItem("leadflow.refresh", "test"));
  let asked = 0;
  await page.route("**/api/**", async (route) => {
    const url = new URL(route.request().url());
    const delay = delayOf(url.pathname, asked++);
    if (delay) await new Promise((done) => setTimeout(done, delay));
    const answer = answers[`${route.request().method()} ${url.pathname}`];
    if (answer === NEVER) return;
    if (answer === undefined) {
      await route.fulfill({
        status: 404,
        json: {
          type: "about:blank",
          title: "Not found",
          status: 404,
          code: "not_found",
          detail: `There is no recording of ${url.pathname}.`,
          request_id: "req_1",
        },
      });
    } else await route.fulfill({ json: typeof answer === "function" ? answer(url) : answer });
  });
}
