import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { CountriesInput } from "./countries-input";
import { CountryInput } from "./country-input";
import "./country-picker";
import { Field } from "./field";

const user = userEvent.setup();

async function one(start = "") {
  const told = vi.fn();
  function Form() {
    const [code, setCode] = useState(start);
    const set = (next: string) => {
      told(next);
      setCode(next);
    };
    return (
      <>
        <Field label="Country">
          <CountryInput value={code} onValue={set} />
        </Field>
        <output>{code}</output>
      </>
    );
  }
  render(<Form />);
  const field = await screen.findByRole<HTMLInputElement>("combobox", { name: "Country" });
  return { field, told, code: () => document.querySelector("output")?.textContent };
}

test("a country is searched by name and picked by Enter, without submitting the form", async () => {
  const { field, code } = await one();
  await user.type(field, "germ{Enter}");
  expect(code()).toBe("DE");
  expect(field.value).toBe("Germany");
  expect(screen.queryByRole("listbox")).toBeNull();
});

test("a country is picked by a click on the list", async () => {
  const { field, code } = await one("GB");
  expect(field.value).toBe("United Kingdom");
  await user.click(field);
  await user.click(screen.getByRole("option", { name: /^Ireland/ }));
  expect(code()).toBe("IE");
});

test("a typed code or full name counts without a pick, an empty field as no country", async () => {
  const { field, code } = await one();
  await user.type(field, "fr");
  await user.tab();
  expect([code(), field.value]).toEqual(["FR", "France"]);
  await user.clear(field);
  await user.tab();
  expect([code(), field.value]).toEqual(["", ""]);
});

test("half a name that several countries share changes nothing", async () => {
  const { field, code } = await one("GB");
  await user.clear(field);
  await user.type(field, "unit");
  await user.tab();
  expect([code(), field.value]).toEqual(["GB", "United Kingdom"]);
});

test("Escape closes the list and restores the country; the dialog around it stays", async () => {
  const { field, code } = await one("GB");
  const heard = vi.fn();
  document.addEventListener("keydown", heard);
  await user.clear(field);
  await user.type(field, "fr{Escape}");
  document.removeEventListener("keydown", heard);
  expect(heard.mock.calls.map(([e]) => (e as KeyboardEvent).key)).not.toContain("Escape");
  expect([code(), field.value]).toEqual(["GB", "United Kingdom"]);
});

test("a name that no country has is told", async () => {
  const { field } = await one();
  await user.type(field, "atlantis");
  expect(screen.getByRole("option").textContent).toBe("No country has this name");
});

test("several countries are added one after another, and removed", async () => {
  const told = vi.fn();
  function Form() {
    const [codes, setCodes] = useState<string[]>([]);
    told(codes.join());
    return (
      <Field label="Countries">
        <CountriesInput values={codes} onValues={setCodes} />
      </Field>
    );
  }
  render(<Form />);
  const field = await screen.findByRole<HTMLInputElement>("combobox", { name: "Countries" });
  await user.type(field, "ind{Enter}");
  await user.type(field, "austria");
  await user.tab();
  expect(told).toHaveBeenLastCalledWith("IN,AT");
  expect(field.value).toBe("");
  await user.click(screen.getByRole("button", { name: "Remove India" }));
  expect(told).toHaveBeenLastCalledWith("AT");
});
