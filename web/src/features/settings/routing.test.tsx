import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "@/api/types";
import { refusal, renderPage } from "@/test-page";
// Loaded with the first toast: not in a test's time.
import "@/shared/ui/toast-list";
import {
  checkRule,
  choiceOf,
  choiceWords,
  draftOf,
  EMPTY_RULE,
  moved,
  type Routing,
  ruleOf,
  whenWords,
} from "./routing";
import { RoutingSection } from "./routing-section";

const germany: Routing["rules"][number] = {
  id: "routing_rule_1",
  name: "Germany",
  when: { countries: ["DE"], tags: ["vip", "partner"] },
  assign: { how: "round_robin", users: ["user_1", "user_2"] },
};
const routing: Routing = { rules: [germany], otherwise: { how: "nobody" }, away: [], rev: 7 };
const team = [
  { id: "user_1", name: "Maya", email: "maya@example.test", role: "owner", disabled: false },
  { id: "user_2", name: "Tom", email: "tom@example.test", role: "rep", disabled: true },
  { id: "user_3", name: "Ida", email: "ida@example.test", role: "read_only", disabled: false },
];

const open = (answers: Record<string, unknown> = {}, role?: Schema["Role"]) =>
  renderPage(
    RoutingSection,
    "/settings/routing",
    "/settings/routing",
    {
      "GET /api/settings/routing": routing,
      "GET /api/team": { items: team },
      "POST /api/settings/routing/preview": { leads: [{ owner: "user_1", rule: germany.id, rule_name: "Germany" }] },
      ...answers,
    },
    role,
  );

test("a rule's dialog becomes the request, and back", () => {
  expect(ruleOf(draftOf(germany), germany.id)).toEqual({
    ...germany,
    when: { countries: ["DE"], regions: [], sources: [], tags: ["vip", "partner"] },
  });
  expect(choiceOf({ how: "one", users: ["user_2"] })).toEqual({ how: "one", user: "user_2" });
  expect(choiceOf({ how: "nobody", users: ["user_2"] })).toEqual({ how: "nobody" });
  expect(checkRule(EMPTY_RULE)).toEqual({ name: "Enter a name.", users: "Choose at least one team member." });
  expect(checkRule({ ...EMPTY_RULE, name: "A", how: "nobody" })).toEqual({});
});

test("conditions and choices are told in words", () => {
  const nameOf = (user: string) => (user === "user_1" ? "Maya" : "Tom");
  expect(whenWords(germany)).toBe("From Germany, tagged vip or partner");
  expect(whenWords({ when: {} })).toBe("Every lead");
  expect(choiceWords(germany.assign, nameOf)).toBe("Maya, Tom, in turn");
  expect(choiceWords({ how: "nobody" }, nameOf)).toBe("nobody");
});

test("a rule moves by one place", () => {
  expect(moved(["a", "b", "c"], 1, -1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], 1, 1)).toEqual(["a", "c", "b"]);
});

test("a rule is added on the revision that was read, and a refusal stands at its part", async () => {
  const { sent } = open({
    "PUT /api/settings/routing": refusal(422, {
      code: "invalid",
      title: "Invalid",
      errors: [{ field: "rules[1].when.countries[0]", detail: "is not a country code such as GB" }],
    }),
  });
  fireEvent.click(await screen.findByText("Add a rule"));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.queryByText("Ida")).toBeNull();
  fireEvent.change(dialog.getByLabelText("Name"), { target: { value: "South" } });
  fireEvent.change(dialog.getByLabelText("Countries"), { target: { value: "Atlantis" } });
  fireEvent.click(dialog.getByLabelText("Maya"));
  fireEvent.click(dialog.getByText("Add rule"));
  expect(await dialog.findByText(/is not a country code/)).toBeTruthy();
  const put = sent.find((s) => s.method === "PUT")?.body as unknown as Schema["RoutingBody"];
  expect(put.rev).toBe(7);
  expect(put.rules[1]).toMatchObject({ name: "South", assign: { how: "round_robin", users: ["user_1"] } });
});

test("a deleted rule comes back by undo", async () => {
  const { sent } = open({ "PUT /api/settings/routing": { ...routing, rules: [], rev: 8 } });
  fireEvent.click(await screen.findByLabelText("Delete Germany"));
  fireEvent.click(await screen.findByText("Undo"));
  await expect
    .poll(() => sent.filter((s) => s.method === "PUT").map((s) => [s.body.rev, (s.body.rules as unknown[]).length]))
    .toEqual([
      [7, 0],
      [8, 1],
    ]);
});

test("a rep reads the rules and changes none", async () => {
  open({}, "rep");
  expect(await screen.findByText("Germany")).toBeTruthy();
  expect(screen.queryByText("Add a rule")).toBeNull();
  expect(screen.queryByLabelText("Preview")).toBeNull();
});
