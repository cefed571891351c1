import { expect, test } from "vitest";
import { columnChanges, draftOf, EMPTY, faultsOf, newColumn } from "./draft";
import type { ColumnView, Recipe } from "./model";
import { STARTS } from "./starts";

const column = (recipe: Recipe): ColumnView => ({
  id: "column_1",
  name: "Score",
  target: { to: "custom_field", key: "Score" },
  field: "custom.score",
  recipe,
  condition: "country == 'GB'",
  triggers: { on_new: true, on_change: false, schedule: "weekly" },
  fresh_days: 30,
  month_cap: 5_500_000,
  rests_on: [],
  version: 1,
  created_at: "2026-11-17T10:00:00Z",
  updated_at: "2026-11-17T10:00:00Z",
  rev: 4,
});

const RECIPES: Recipe[] = [
  { kind: "formula", expression: "rating * 20" },
  { kind: "lookup", from: { source: "company", part: "parent" } },
  { kind: "lookup", from: { source: "location", part: "rating" } },
  { kind: "lookup", from: { source: "colleague", field: "city" } },
  { kind: "ai", prompt: "Write on {{ company }}", context: ["city"], output: { type: "text", max_words: 25 } },
  {
    kind: "ai",
    prompt: "Which of {{ company }}",
    context: [],
    output: { type: "choice", options: ["small", "large"] },
  },
  { kind: "ai", prompt: "Has {{ company }} one?", context: [], output: { type: "check" } },
  { kind: "enrichment", field: "email", providers: [{ provider: "hunter", min_confidence: 85 }] },
  {
    kind: "webhook",
    method: "post",
    url: "https://score.example/{{ city }}",
    headers: [{ name: "X-Team", value: "sales", secret: false }],
    body: '{"company":"{{ company }}"}',
    answer: "/data/score",
    wait: "callback",
  },
  { kind: "actor", actor: "apify~website-content-crawler", input: "{}", answer: "/0/text" },
];

for (const recipe of RECIPES)
  test(`a column with ${JSON.stringify(recipe).slice(0, 60)} is the same after its form`, () => {
    const { name, condition, triggers, fresh_days, month_cap, rev } = column(recipe);
    expect(columnChanges(draftOf(column(recipe)), rev)).toEqual({
      ...{ name, recipe, condition, triggers, fresh_days, month_cap, rev },
    });
  });

test("a secret header that is not typed again is sent without a value, so that the stored one stays", () => {
  const hook: Recipe = {
    kind: "webhook",
    method: "get",
    url: "https://score.example/",
    headers: [{ name: "Authorization", secret: true }],
    answer: "",
    wait: "at_once",
  };
  const draft = draftOf(column(hook));
  const header = (d: typeof draft) => {
    const { recipe } = columnChanges(d, 1);
    return recipe?.kind === "webhook" ? recipe.headers?.[0] : undefined;
  };
  expect(header(draft)).toEqual({ name: "Authorization", secret: true });
  const typed = { ...draft, headers: draft.headers.map((one) => ({ ...one, value: "Bearer 1" })) };
  expect(header(typed)).toEqual({ name: "Authorization", secret: true, value: "Bearer 1" });
});

test("the first drafts have no fault, and an empty form names each of its own", () => {
  for (const { draft } of STARTS) expect(faultsOf(draft)).toEqual({});
  expect(Object.keys(faultsOf({ ...EMPTY, providers: [], fresh_days: "soon", month_cap: "much" })).sort()).toEqual(
    ["fresh_days", "month_cap", "name", "recipe.providers", "target.label"].sort(),
  );
  expect(faultsOf({ ...EMPTY, name: "x", kind: "webhook", url: "http://plain.example" })).toHaveProperty("recipe.url");
});

test("a new field with options is sent with each option once per line", () => {
  const target = { to: "new_field", label: "Size", kind: "choice", options: "small\n large \n\n" } as const;
  expect(newColumn({ ...EMPTY, name: "Size", target }).target).toEqual({
    to: "new_field",
    label: "Size",
    kind: { kind: "choice", options: ["small", "large"] },
  });
});
