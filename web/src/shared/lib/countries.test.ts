import { expect, test } from "vitest";
import { exactCountry, findCountries } from "./countries";

const names = (text: string) => findCountries(text).map(({ name }) => name);

test("a country is found by its name, code, another name, and without its accents", () => {
  expect(names("germ")[0]).toBe("Germany");
  expect(names("de")[0]).toBe("Germany");
  expect(names("uk")[0]).toBe("United Kingdom");
  expect(names("holl")).toEqual(["Netherlands"]);
  expect(names("cote d")[0]).toBe("Côte d’Ivoire");
  expect(names("turkey")).toEqual(["Türkiye"]);
});

test("countries whose later word begins as typed come after those that begin so themselves", () => {
  const found = names("south");
  expect(found[0]).toMatch(/^South/);
  expect(found.at(-1)).not.toMatch(/^South/);
});

test("nothing typed lists every country by name, once", () => {
  const all = findCountries("");
  expect(all).toHaveLength(249);
  expect(new Set(all.map(({ code }) => code)).size).toBe(249);
  expect(all[0]?.name).toBe("Afghanistan");
});

test("a word that begins several names is no exact country", () => {
  expect(exactCountry("united")).toBeUndefined();
  expect(exactCountry("")).toBeUndefined();
  expect(exactCountry("united kingdom")?.code).toBe("GB");
  expect(exactCountry("gb")?.code).toBe("GB");
});
