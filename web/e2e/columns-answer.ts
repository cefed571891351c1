// Recorded answers of columns that fill themselves: four columns, a run at its 312th row, and cells in every state.
const at = (time: string) => `2026-11-17T${time}Z`;
const LEADS = 14;
const usd = (dollars: number) => Math.round(dollars * 1_000_000);

const column = (id: string, name: string, target: object, recipe: object, more: object = {}) => ({
  id,
  name,
  target,
  field: name.toLowerCase(),
  recipe,
  condition: null,
  triggers: { on_new: false, on_change: false, schedule: null },
  fresh_days: 90,
  month_cap: null,
  rests_on: [],
  version: 2,
  created_at: at("08:00:00"),
  updated_at: at("08:00:00"),
  rev: 3,
  ...more,
});

export const EMAIL = column(
  "column_1",
  "E-mail",
  { to: "lead_field", field: "email" },
  {
    kind: "enrichment",
    field: "email",
    providers: [
      { provider: "website", min_confidence: 0 },
      { provider: "hunter", min_confidence: 85 },
      { provider: "apollo", min_confidence: 85 },
    ],
  },
  { condition: "not email", triggers: { on_new: true, on_change: false, schedule: null }, month_cap: usd(50) },
);
const COLUMNS = [
  EMAIL,
  column(
    "column_2",
    "Mobile",
    { to: "custom_field", key: "Mobile" },
    { kind: "enrichment", field: "mobile_phone", providers: [{ provider: "apollo", min_confidence: 0 }] },
  ),
  column(
    "column_3",
    "Rooms",
    { to: "custom_field", key: "Rooms" },
    { kind: "formula", expression: "custom.surgeries + 1" },
    { fresh_days: 0 },
  ),
  column(
    "column_4",
    "First line",
    { to: "custom_field", key: "First line" },
    { kind: "ai", prompt: "One sentence on {{ company }}.", output: { type: "text", max_words: 25 }, context: [] },
  ),
];

export const RUN = {
  id: "columnrun_1",
  columns: COLUMNS.map(({ id }) => id),
  selection: { by: "filter", filter: {} },
  only_gaps: true,
  overwrite: false,
  again: false,
  cap: usd(20),
  state: "running",
  counts: {
    column_1: { found: 237, fresh: 41, not_found: 34 },
    column_2: { found: 79, not_found: 135 },
    column_3: { found: 200 },
    column_4: { found: 190, skipped: 20, failed: 1 },
  },
  sources: {
    column_1: {
      fresh: { rows: 41, spent: 0 },
      website: { rows: 96, spent: 0 },
      hunter: { rows: 104, spent: usd(2.08) },
      apollo: { rows: 37, spent: usd(1.11) },
      not_found: { rows: 34, spent: usd(0.17) },
    },
    column_2: { apollo: { rows: 79, spent: usd(3.95) }, not_found: { rows: 135, spent: usd(1.29) } },
    column_3: { formula: { rows: 200, spent: 0 } },
    column_4: {
      chat_model: { rows: 190, spent: usd(0.76) },
      skipped: { rows: 20, spent: 0 },
      failed: { rows: 1, spent: 0 },
    },
  },
  spent: usd(9.36),
  total: 486,
  done: 312,
  waits_until: null,
  worker_until: null,
  started_by: "user_1",
  started_at: at("10:38:00"),
  finished_at: null,
};
export const OUT_OF_MONEY = {
  ...RUN,
  state: "out_of_money",
  budget: { scope: "run", run: RUN.id },
  left: usd(0.012),
  spent: usd(19.988),
};
const DONE = {
  ...RUN,
  id: "columnrun_2",
  state: "done",
  done: 486,
  finished_at: at("09:00:00"),
  started_at: at("08:10:00"),
};

const cell = (lead: number, column: number, state: object, more: object = {}) => ({
  lead: `lead_${lead}`,
  column: `column_${column}`,
  value: null,
  source: null,
  confidence: null,
  price: 0,
  at: at("10:41:55"),
  run: RUN.id,
  is_late: false,
  ...state,
  ...more,
});
const found = (value: string, source: string, price = 0, confidence: number | null = null) => ({
  state: "found",
  value,
  source,
  price: usd(price),
  confidence,
});
const none = (price = 0) => ({ state: "not_found", price: usd(price) });

const CELLS = [
  cell(0, 1, found("elena@lindenphysio.example", "website")),
  cell(1, 1, found("grace@brightwellopticians.example", "hunter", 0.02, 92)),
  cell(2, 1, found("marcus@haledaughtersdental.example", "apollo", 0.03, 97)),
  cell(3, 1, none(0.005)),
  cell(4, 1, found("lucy@harbourstreetdental.example", "hunter", 0.02, 61)),
  cell(5, 1, { state: "asked" }),
  cell(6, 1, { state: "asked", source: "hunter" }),
  cell(7, 1, { state: "failed", error: "Apollo busy", attempts: 2, retry_at: at("10:43:00") }),
  cell(8, 1, { state: "answer_lost" }, { price: usd(0.03) }),
  cell(9, 1, { state: "waiting" }),
  cell(10, 1, { state: "failed", error: "Hunter refuses the question", attempts: 1 }),
  ...[0, 1, 2, 4].map((i) => cell(i, 2, found(`+44 7700 900 5${i}2`, "apollo", 0.05))),
  cell(3, 2, none(0.05)),
  cell(5, 2, { state: "asked", source: "apollo" }),
  ...[0, 1, 2, 3, 4, 5, 6].map((i) => cell(i, 3, found(String((i % 5) + 1), "formula"))),
  ...[0, 1, 4].map((i) =>
    cell(i, 4, found("Four rooms in the middle of town, and a page that takes no bookings.", "chat_model", 0.004)),
  ),
  cell(2, 4, { state: "skipped", why: "in a sequence" }),
  cell(3, 4, { state: "skipped", why: "'email' has no value" }),
  cell(5, 4, { state: "asked" }),
];

const step = (time: string, provider: string, outcome: string, price: number, more: object = {}) => ({
  provider,
  asked_for: "find_email",
  at: at(time),
  price: usd(price),
  outcome,
  ...more,
});
const DETAIL = {
  ...CELLS[2],
  lead_value: "marcus@haledaughtersdental.example",
  steps: [
    step("10:41:51", "website", "not_found", 0),
    step("10:41:53", "hunter", "not_taken", 0, { confidence: 41, why: "below 85%" }),
    step("10:41:55", "apollo", "found", 0.03, { confidence: 97 }),
  ],
};

const estimateOf = (id: string, asked: number, computed: number, likely: number, most: number) => ({
  column: id,
  asked,
  computed,
  fresh: 41,
  left: 0,
  likely: usd(likely),
  most: usd(most),
});
const ESTIMATE = {
  leads: 486,
  is_projected: false,
  columns: [
    estimateOf("column_1", 445, 0, 9.1, 22.25),
    estimateOf("column_2", 486, 0, 7.2, 24.3),
    estimateOf("column_3", 0, 486, 0, 0),
    estimateOf("column_4", 486, 0, 1.7, 1.9),
  ],
  likely: usd(18),
  most: usd(48.45),
  month_left: usd(106.82),
};

const NAMES: [name: string, company: string][] = [
  ["Elena Marsh", "Linden Physio"],
  ["Grace Adeyemi", "Brightwell Opticians"],
  ["Marcus Hale", "Hale & Daughters Dental"],
  ["Aoife Brennan", "Tide Pilates"],
  ["Lucy Tran", "Harbour Street Dental"],
  ["Femi Balogun", "Coldharbour Osteopathy"],
  ["Jonas Brandt", "Brandt Zahnmedizin"],
  ["Owen Pryce", "Taff Valley Chiropractic"],
  ["Derek Soto", "Mesa Chiropractic"],
  ["Karin Meijer", "Meijer Fysio"],
  ["Hannah Vogt", "Elbe Ergotherapie"],
  ["Beth Lawson", "Fernhill Vets"],
];
/** The twelfth lead came with an address, which the column leaves alone. */
const ROWS = Array.from({ length: 100 }, (_, i) => ({
  id: `lead_${i}`,
  name: NAMES[i]?.[0] ?? `Lead ${i + 1}`,
  company: NAMES[i]?.[1] ?? null,
  email: i === 11 ? "beth@fernhill.example" : null,
  phone: null,
  status: "new",
  priority: "normal",
  do_not_contact: false,
  possible_opt_out: false,
  tags: [],
  score: 50,
  temperature: "warm",
  active: [],
  created_at: at("07:00:00"),
  updated_at: at("08:00:00"),
  rev: 1,
  fields: {},
}));

const page = (items: unknown[]) => ({ items, next_cursor: null, total: null });

/** `run`: the run as it stands. */
export const columnAnswers = (run?: object, columns?: unknown[]) => ({
  ...answersOf(run, columns),
  "GET /api/leads": { items: ROWS, next_cursor: null, total: ROWS.length },
});

/** The answers about columns alone: the leads are those of any list. */
export const answersOf = (run: object = RUN, columns: unknown[] = COLUMNS) => ({
  "GET /api/columns": page(columns),
  "GET /api/columns/runs": page([run, DONE]),
  "GET /api/columns/runs/columnrun_1": run,
  "GET /api/columns/runs/columnrun_2": DONE,
  "GET /api/columns/cells": page(CELLS.filter(({ lead }) => Number(lead.slice(5)) < LEADS)),
  "GET /api/columns/column_1/cells/lead_2": DETAIL,
  "POST /api/columns/column_1/cells/lead_2/run": run,
  "POST /api/columns/estimate": ESTIMATE,
  "POST /api/columns/runs": run,
  "POST /api/columns/runs/columnrun_1/stop": { ...RUN, state: "stopped", finished_at: at("10:42:00") },
  "POST /api/columns/runs/columnrun_1/pause": { ...RUN, state: "paused" },
  "POST /api/columns/runs/columnrun_1/cap": { ...OUT_OF_MONEY, cap: usd(30) },
  "POST /api/columns/runs/columnrun_1/resume": { ...RUN, cap: usd(30) },
  "POST /api/columns/preview": {
    items: [
      { lead: "lead_0", name: "Elena Marsh", value: "4", why: null, facts: [], price: 0 },
      { lead: "lead_1", name: "Grace Adeyemi", value: null, why: "'rating' has no value", facts: [], price: 0 },
    ],
  },
  "GET /api/spend": {
    month: "2026-11",
    spent: usd(43.18),
    reserved: usd(0.27),
    month_cap: usd(150),
    user_cap: null,
    providers: [],
    users: [],
    columns: [],
    campaigns: [],
    calls: [],
    models: [],
    other_models: { input: 0, output: 0 },
    rev: 1,
  },
});

/** The cells that failed for good, and their leads: what is asked when only failed rows are shown. */
export const failedAnswers = () => {
  const failed = CELLS.filter((cell) => {
    const { state, retry_at } = cell as { state?: string; retry_at?: string };
    return state === "answer_lost" || (state === "failed" && !retry_at);
  });
  const leads = failed.map(({ lead }) => [`GET /api/leads/${lead}`, { ...ROWS[Number(lead.slice(5))], custom: {} }]);
  return { "GET /api/columns/cells": page(failed), ...Object.fromEntries(leads) };
};
