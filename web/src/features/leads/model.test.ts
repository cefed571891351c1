import { expect, test } from "vitest";
import type { LeadRow, SavedView } from "@/api/types";
import { allColumns, movedTo } from "./columns/choice";
import { valueIn } from "./columns/row-value";
import {
  isViewAlone,
  parseColumns,
  parseFilters,
  parseSort,
  searchOf,
  spellColumns,
  spellFilters,
  spellSort,
  valueWord,
  viewOf,
  withFilter,
} from "./model";
import { apiQuery, bulkFilter } from "./queries";
import { contentOf, differs } from "./views/moves";

test("filters survive the URL, also with odd characters", () => {
  const filters = { status: ["new", "replied"], tag: ["a,b", "c;d:e"] };
  expect(parseFilters(spellFilters(filters))).toEqual(filters);
  expect(spellFilters({})).toBeUndefined();
});

test("what is no filter is left out", () => {
  expect(parseFilters("nonsense;status:;x:y;status:new,new")).toEqual({ status: ["new"] });
  expect(parseFilters(undefined)).toEqual({});
});

test("a filter without values is gone", () => {
  expect(withFilter({ status: ["new"] }, "status", [])).toEqual({});
});

test("order has one spelling and a sound default", () => {
  expect(parseSort("-name")).toEqual({ by: "name", dir: "desc" });
  expect(parseSort("drop table")).toEqual({ by: "score", dir: "desc" });
  expect(spellSort(parseSort("company"))).toBe("company");
});

test("values and views are named", () => {
  expect(valueWord("status", "won")).toBe("Won");
  expect(valueWord("country", "NL")).toBe("Netherlands");
  expect(valueWord("campaign", "campaign_1", { campaign_1: "Clinics" })).toBe("Clinics");
  expect(viewOf({ f: "temperature:hot" })).toBe("hot");
  expect(viewOf({ f: "tag:x" })).toBe("custom");
  expect(viewOf({ rule: { all: [] } })).toBe("custom");
  expect(viewOf({ f: "temperature:hot", view: "view_1" })).toBe("view_1");
});

test("the list is sorted by every field, custom ones too", () => {
  expect(parseSort("-city")).toEqual({ by: "city", dir: "desc" });
  expect(parseSort("custom.Seats")).toEqual({ by: "custom.Seats", dir: "asc" });
  expect(parseSort("custom.")).toEqual({ by: "score", dir: "desc" });
});

const rule = { any: [{ if: { field: "city", is: ["Bonn"] } }] };
const saved: SavedView = {
  id: "view_1",
  name: "Bonn",
  shared: false,
  owner: "user_1",
  position: 0,
  filter: { q: "dental", status: ["new"], tag: [], owner: null, unowned: true, campaign: null, rule },
  segment: "segment_1",
  sort: "custom.Seats",
  order: "desc",
  columns: ["name", "custom.Seats"],
  created_at: "2026-11-17T10:42:00Z",
  updated_at: "2026-11-17T10:42:00Z",
  rev: 3,
};

test("a saved view is spelled out in the address, and what is shown becomes a view's content again", () => {
  const search = searchOf(saved);
  expect(search).toEqual({
    view: "view_1",
    q: "dental",
    f: "status:new;owner:none;segment:segment_1",
    sort: "-custom.Seats",
    rule,
    cols: "name,custom.Seats",
  });
  const content = contentOf(search);
  expect(content).toMatchObject({ segment: "segment_1", sort: "custom.Seats", order: "desc", columns: saved.columns });
  expect(content.filter).toMatchObject({ q: "dental", status: ["new"], owner: null, unowned: true, rule });
  expect(content.filter).not.toHaveProperty("segment");
  expect(searchOf({ ...saved, ...content, columns: content.columns ?? [] } as SavedView)).toEqual(search);
});

test("a list differs from its view by any part of it, and not by the spelling", () => {
  const search = searchOf(saved);
  expect(differs(search, saved)).toBe(false);
  expect(differs({ ...search, f: "segment:segment_1;owner:none;status:new" }, saved)).toBe(false);
  for (const change of [{ q: undefined }, { f: undefined }, { sort: "name" }, { rule: undefined }, { cols: "name" }])
    expect(differs({ ...search, ...change }, saved), JSON.stringify(change)).toBe(true);
  const plain = { ...saved, sort: null, order: null, columns: [] };
  expect(differs({ ...searchOf(plain), sort: "-score" }, plain)).toBe(false);
});

test("an address with a view alone is the view, with anything else it is what it says", () => {
  expect(isViewAlone({ view: "view_1" })).toBe(true);
  expect(isViewAlone({ view: "view_1", f: undefined, q: "" })).toBe(true);
  expect(isViewAlone({ view: "view_1", sort: "-score" })).toBe(false);
  expect(isViewAlone({ f: "status:new" })).toBe(false);
});

test("the API is asked with the segment and the rule, and bulk changes name both", () => {
  const view = { filters: { segment: ["segment_1"] }, rule };
  expect(apiQuery(view)).toMatchObject({ segment: "segment_1", rule: JSON.stringify(rule), sort: "score" });
  expect(bulkFilter(view)).toMatchObject({ segment: "segment_1", rule });
  const plain = bulkFilter({ filters: { owner: ["none"] } });
  expect(plain).toMatchObject({ owner: null, unowned: true });
  expect(plain).not.toHaveProperty("segment");
  expect(plain).not.toHaveProperty("rule");
});

test("columns have one spelling, and custom fields are columns too", () => {
  expect(parseColumns("name,city,name,custom.Seats")).toEqual(["name", "city", "custom.Seats"]);
  // A later version may have more fields: the API says which it knows.
  expect(parseColumns("name,nonsense")).toEqual(["name", "nonsense"]);
  expect(parseColumns("No name,custom.")).toBeUndefined();
  expect(parseColumns("")).toBeUndefined();
  expect(parseColumns(undefined)).toBeUndefined();
  const all = allColumns([{ key: "Seats" }, { key: "Size, in m" }]);
  expect(all).toContain("custom.Seats");
  expect(all).toContain("custom.Size, in m");
});

test("a column with a comma in its name is told from two columns", () => {
  const names = ["name", "custom.Size, in m", "custom.100%"];
  expect(spellColumns(names)).toBe("name,custom.Size%2C in m,custom.100%25");
  expect(parseColumns(spellColumns(names))).toEqual(names);
  expect(spellColumns([])).toBeUndefined();
});

test("a value is found in the row or beside it", () => {
  const row = { zone: "Europe/London", tags: ["vip"], fields: { "custom.Seats": 12, job_title: "Owner" } };
  const value = (name: string) => valueIn(row as Partial<LeadRow> as LeadRow, name);
  expect(value("time_zone")).toBe("Europe/London");
  expect(value("tag")).toEqual(["vip"]);
  expect(value("custom.Seats")).toBe(12);
  expect(value("job_title")).toBe("Owner");
  expect(value("website")).toBeUndefined();
});

test("a column moves to a place, and not past the ends", () => {
  expect(movedTo(["a", "b", "c"], "c", 0)).toEqual(["c", "a", "b"]);
  expect(movedTo(["a", "b", "c"], "a", 1)).toEqual(["b", "a", "c"]);
  expect(movedTo(["a", "b", "c"], "a", 9)).toEqual(["b", "c", "a"]);
  expect(movedTo(["a", "b"], "x", 0)).toEqual(["a", "b"]);
});
