import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listen } from "@/shared/lib/keyboard";
import { refusal, renderPage } from "@/test-page";
import { filtersOf, rangesOf, textsOf } from "./model";
import { ProspectsPage } from "./page";

let unheard = () => {};
beforeEach(() => {
  unheard = listen();
});
afterEach(() => unheard());

const PROVIDERS = {
  items: [
    { provider: "apollo", name: "Apollo", connected: true, filters: ["titles", "employees"], search: 0, each: 20_000 },
    { provider: "hunter", name: "Hunter", connected: false, filters: [], search: 0, each: 0 },
  ],
  not_possible: [{ name: "Meta", why: "Meta has no people search: its leads come by webhook." }],
};
const person = (id: string, name: string, more: object = {}) => ({
  id,
  name,
  email: null,
  job_title: "Owner",
  company: "Acme",
  website: null,
  industry: "construction",
  employees: null,
  place: "Dallas, United States",
  has_email: true,
  has_phone: false,
  price: 20_000,
  reachable: true,
  lead: null,
  known_by: null,
  fit: { verdict: "may_fit", points: null, fails: [], not_known: ["Rating not known"] },
  ...more,
});
const FOUND = {
  id: "prospect_search_1",
  provider: "apollo",
  filters: { titles: ["Owner"] },
  icp: null,
  unasked: [],
  page: 1,
  pages: 1,
  page_size: 25,
  has_more: false,
  total: 4,
  cost: 0,
  next_page: 0,
  each: 20_000,
  expires_at: "2026-11-30T09:00:00Z",
  items: [
    person("p1", "Ann L."),
    person("p2", "Bo M.", { lead: "lead_7", known_by: "email", price: 0 }),
    person("p3", "Cy N."),
    person("p4", "Di O.", { has_email: false, reachable: false, price: 0 }),
  ],
};
const NO_SUMS = {
  chosen: 2,
  already: 0,
  to_buy: 2,
  free: 0,
  without_address: 0,
  left_out: 0,
  each: 20_000,
  most: 40_000,
};
const PRICED = { estimate: NO_SUMS, results: [], counts: {}, cost: 0, left: 98_100_000, job: null };
const ESTIMATE = {
  provider: "apollo",
  filters: {
    titles: ["Owner"],
    seniorities: [],
    locations: [],
    industries: [],
    employees: [],
    domains: [],
    keywords: [],
  },
  unasked: ["Rating at least 4"],
  page_size: 25,
  most: 20_000,
  each: 20_000,
  left: 98_100_000,
};

const open = (at = "/prospects", answers: Record<string, unknown> = {}, role?: "read_only") =>
  renderPage(
    ProspectsPage,
    "/prospects",
    at,
    {
      "GET /api/prospects/providers": PROVIDERS,
      "GET /api/prospects/searches/prospect_search_1": FOUND,
      "POST /api/prospects/estimate": ESTIMATE,
      "POST /api/prospects/search": FOUND,
      "POST /api/prospects/add": PRICED,
      ...answers,
    },
    role,
  );

test("filters are typed as lists and sizes, and only those of the provider are asked for", () => {
  expect(rangesOf("2-50, 200+, 7")).toEqual([{ from: 2, to: 50 }, { from: 200 }, { from: 7, to: 7 }]);
  expect(rangesOf("many")).toBeUndefined();
  const filters = filtersOf({ titles: "Owner, , Manager ", keywords: "roof", employees: "2-50" }, [
    "titles",
    "employees",
  ]);
  expect(filters.titles).toEqual(["Owner", "Manager"]);
  expect(filters.keywords).toEqual([]);
  expect(textsOf({ ...filters, employees: [{ from: 2, to: 50 }, { from: 200 }] }).employees).toBe("2-50, 200+");
});

test("the price of a search is told before the click", async () => {
  const { sent } = open();
  fireEvent.change(await screen.findByLabelText("Job titles"), { target: { value: "Owner" } });
  const button = await screen.findByRole("button", { name: "Search (at most $0.02)" });
  expect(screen.getByText("An address then costs $0.02, if you add the person.")).toBeDefined();
  expect(screen.getByText(/Meta has no people search/)).toBeDefined();
  expect(screen.queryByLabelText("Industries")).toBeNull();
  fireEvent.click(button);
  await waitFor(() => expect(sent.some(({ path }) => path === "/api/prospects/search")).toBe(true));
  const asked = sent.find(({ path }) => path === "/api/prospects/search");
  expect(asked?.body).toMatchObject({ provider: "apollo", filters: { titles: ["Owner"] }, page_size: 25 });
});

test("an ICP fills in the filters, and says what is checked on the results", async () => {
  open("/prospects?icp=icp_1", { "GET /api/icp": { items: [{ id: "icp_1", name: "Roofers" }] } });
  expect(await screen.findByDisplayValue("Owner")).toBeDefined();
  expect(screen.getByText(/Checked on the results, because Apollo cannot be asked: Rating at least 4/)).toBeDefined();
});

test("prospects are chosen, priced and added, and those who are leads are linked", async () => {
  const results = [
    { id: "p1", outcome: "added", lead: "lead_9", cost: 20_000 },
    { id: "p3", outcome: "no_address", lead: null, cost: 0 },
  ];
  const answers: Record<string, unknown> = {};
  const { sent } = open("/prospects?search=prospect_search_1", answers);
  const table = await screen.findByRole("table");
  expect(within(table).getByRole("link", { name: "Already a lead" }).getAttribute("href")).toBe("/leads/lead_7");
  expect(within(table).getByRole<HTMLInputElement>("checkbox", { name: "Choose Di O." }).disabled).toBe(true);
  fireEvent.click(within(table).getByRole("checkbox", { name: "Choose all on this page" }));
  const bar = screen.getByRole("region", { name: "Add the chosen ones" });
  const button = await within(bar).findByRole("button", { name: "Add 2 leads — about $0.04" });
  expect(within(bar).getByText("$98.10 left this month")).toBeDefined();
  fireEvent.change(within(bar).getByLabelText("Tag"), { target: { value: "roofers" } });
  answerAdding({ ...PRICED, estimate: null, results, cost: 20_000 });
  fireEvent.click(button);
  const done = await screen.findByRole("region", { name: "What was added" });
  expect(within(done).getByText("1 lead added for $0.02")).toBeDefined();
  expect(within(done).getByRole("link", { name: "Ann L." }).getAttribute("href")).toBe("/leads/lead_9");
  expect(within(done).getByText("1 without an address").parentElement?.textContent).toContain("not charged");
  const added = sent.filter(({ path, body }) => path === "/api/prospects/add" && !body.dry_run);
  expect(added.map(({ body }) => body)).toMatchObject([{ ids: ["p1", "p3"], tags: ["roofers"] }]);

  /** The next requests are answered by this. */
  function answerAdding(answer: unknown) {
    const before = globalThis.fetch;
    globalThis.fetch = (async (request: Request) => {
      const isAdding = request.url.endsWith("/api/prospects/add") && !(await request.clone().json()).dry_run;
      const told = await before(request);
      return isAdding
        ? new Response(JSON.stringify(answer), { headers: { "content-type": "application/json" } })
        : told;
    }) as typeof fetch;
  }
});

test("rows are chosen by keyboard", async () => {
  open("/prospects?search=prospect_search_1");
  const table = await screen.findByRole("table");
  for (const key of ["j", "x"]) fireEvent.keyDown(document.body, { key });
  const ann = within(table).getByRole<HTMLInputElement>("checkbox", { name: "Choose Ann L." });
  expect(ann.checked).toBe(true);
  for (const _ of [1, 2]) fireEvent.keyDown(document.body, { key: "J", shiftKey: true });
  expect(within(table).getByRole<HTMLInputElement>("checkbox", { name: "Choose Cy N." }).checked).toBe(true);
  expect(within(table).getByRole<HTMLInputElement>("checkbox", { name: "Choose Bo M." }).checked).toBe(false);
  fireEvent.keyDown(document.body, { key: "Escape" });
  expect(ann.checked).toBe(false);
});

test("a refused search names the field, and a search that is over is said to be", async () => {
  const errors = [{ field: "filters.titles", detail: "Apollo cannot be searched by titles" }];
  open("/prospects?search=prospect_search_2", {
    "POST /api/prospects/search": refusal(422, { code: "invalid_value", detail: "", status: 422, errors }),
    "GET /api/prospects/searches/prospect_search_2": refusal(404, { code: "not_found", detail: "", status: 404 }),
  });
  expect(await screen.findByText("This search is over")).toBeDefined();
  fireEvent.change(await screen.findByLabelText("Job titles"), { target: { value: "Owner" } });
  fireEvent.click(await screen.findByRole("button", { name: /^Search \(at most/ }));
  expect(await screen.findByText("Apollo cannot be searched by titles")).toBeDefined();
});

test("a reader sees what was found and chooses nobody", async () => {
  open("/prospects?search=prospect_search_1", {}, "read_only");
  const all = await screen.findByRole<HTMLInputElement>("checkbox", { name: "Choose all on this page" });
  expect(all.disabled).toBe(true);
  expect(screen.getByText(/your role cannot search/)).toBeDefined();
});

test("without a provider the page leads to the settings", async () => {
  open("/prospects", {
    "GET /api/prospects/providers": { ...PROVIDERS, items: [{ ...PROVIDERS.items[1] }] },
  });
  const link = await screen.findByRole("link", { name: "Connect a provider" });
  expect(link.getAttribute("href")).toBe("/settings/providers");
});
