import { expect, test } from "vitest";
import type { CustomField } from "@/app/shared-queries";
import { civilDay } from "@/shared/lib/format";
import { choicesOf, idsIn, type MergeField, ownNames, pickOf, resultIn, saidOf, wordFor } from "./model";

const company: MergeField = {
  field: "company",
  label: "Company",
  values: [
    { lead: "lead_1", value: "Quay" },
    { lead: "lead_2", value: "Quay Ltd" },
  ],
  chosen: "lead_1",
  differs: true,
  can_choose: true,
  result: "Quay",
};
const city: MergeField = {
  ...company,
  field: "city",
  label: "City",
  values: [{ lead: "lead_2", value: "Leeds" }],
  chosen: "lead_2",
  differs: false,
};

test("the address names each lead once", () => {
  expect(idsIn("lead_1, lead_2,,lead_1")).toEqual(["lead_1", "lead_2"]);
  expect(idsIn()).toEqual([]);
});

test("a field takes the picked value, while that lead has one", () => {
  expect(pickOf(company, {})).toBe("lead_1");
  expect(pickOf(company, { company: "lead_2" })).toBe("lead_2");
  expect(pickOf(company, { company: "lead_3" })).toBe("lead_1");
});

test("every field that differs is chosen as it is shown, others are left out", () => {
  expect(choicesOf([company, city], {})).toEqual({ company: "lead_1" });
  expect(choicesOf([company, city], { company: "lead_2" })).toEqual({ company: "lead_2" });
});

test("addresses are not chosen and show what the merged lead has", () => {
  const email: MergeField = { ...company, field: "email", can_choose: false, result: "quay@quay.example" };
  expect(choicesOf([email, company], { email: "lead_2" })).toEqual({ company: "lead_1" });
  expect(resultIn(email, { email: "lead_2" })).toBe("quay@quay.example");
  expect(resultIn(company, { company: "lead_2" })).toBe("Quay Ltd");
});

test("leads of one name are told apart by their addresses, else by their numbers", () => {
  const ana = { name: "Ana Silva", email: "ana@quay.example" };
  expect(
    ownNames([
      { id: "lead_1", ...ana },
      { id: "lead_2", ...ana },
      { id: "lead_3", name: "Ana Silva", phone: "+441174960142" },
      { id: "lead_4", name: "Ben Ode" },
    ]),
  ).toEqual({
    lead_1: "Ana Silva (ana@quay.example), number 1",
    lead_2: "Ana Silva (ana@quay.example), number 2",
    lead_3: "Ana Silva (+44 117 496 0142)",
    lead_4: "Ben Ode",
  });
});

test("values are said as people read them, by the kinds of custom fields", () => {
  const custom = [
    { key: "Signed", kind: "date" },
    { key: "Member", kind: "check" },
  ] as CustomField[];
  const said = (field: string, value: string) => saidOf(field, value, custom);
  expect(said("country", "GB")).toBe("United Kingdom");
  expect(said("status", "qualified")).toBe("Qualified");
  expect(said("priority", "high")).toBe("High");
  expect(said("follow_up_at", "2030-03-05T09:00:00Z")).toMatch(/2030/);
  expect(said("custom.Signed", "2026-12-24")).toBe(civilDay("2026-12-24"));
  expect(said("custom.Signed", "in spring")).toBe("in spring");
  expect(said("custom.Member", "yes")).toBe("Yes");
  expect(said("custom.country", "GB")).toBe("GB");
});

test("a field has the word that the rest of the app has for it", () => {
  expect(wordFor({ ...company, field: "status", label: "Status" })).toBe("Stage");
  expect(wordFor({ ...company, field: "custom.Plan", label: "Plan" })).toBe("Plan");
});
