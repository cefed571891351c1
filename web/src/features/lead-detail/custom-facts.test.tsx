import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderPage } from "@/test-page";
import { CustomFacts } from "./custom-facts";

const FIELDS = [
  { id: "field_1", key: "Plan", label: "Tariff", kind: "choice", options: ["Gold", "Silver"] },
  { id: "field_2", key: "Seats", label: "Seats", kind: "number" },
  { id: "field_3", key: "Page", label: "Page", kind: "url" },
];

const open = (custom: Record<string, string>, onChange?: (key: string, value: string | null) => void) =>
  renderPage(() => <CustomFacts custom={custom} onChange={onChange} />, "/leads/1", "/leads/1", {
    "GET /api/fields": { items: FIELDS },
  });

test("every field is shown under its label, and values without a field under their key", async () => {
  open({ Plan: "Gold", Remark: "from the fair", Page: "https://www.acme.example/" });
  expect(await screen.findByText("Tariff")).toBeTruthy();
  expect(screen.getByText("Remark")).toBeTruthy();
  expect(screen.getByText("Gold")).toBeTruthy();
  expect(screen.getByRole("link").getAttribute("href")).toBe("https://www.acme.example/");
  expect(screen.queryByRole("combobox")).toBeNull();
});

test("a choice is changed, and one that is no option any more is kept until then", async () => {
  const onChange = vi.fn();
  open({ Plan: "Tin" }, onChange);
  const select = await screen.findByLabelText("Tariff");
  expect((select as HTMLSelectElement).selectedOptions[0]?.textContent).toBe("Tin (not an option)");
  fireEvent.change(select, { target: { value: "Silver" } });
  expect(onChange).toHaveBeenCalledWith("Plan", "Silver");
  fireEvent.change(select, { target: { value: "" } });
  expect(onChange).toHaveBeenLastCalledWith("Plan", null);
});

test("a number is typed and saved under the field's key", async () => {
  const onChange = vi.fn();
  open({ Seats: "4" }, onChange);
  fireEvent.keyDown(await screen.findByLabelText("Seats: 4, edit"), { key: "Enter" });
  const input = await screen.findByLabelText("Seats");
  fireEvent.change(input, { target: { value: "12" } });
  fireEvent.keyDown(input, { key: "Enter" });
  expect(onChange).toHaveBeenCalledWith("Seats", "12");
});

test("many empty fields are shown once they are asked for, and a few at once", async () => {
  const more = ["Fleet", "Owner", "Region"].map((key) => ({ id: key, key, label: key, kind: "text" }));
  renderPage(() => <CustomFacts custom={{ Seats: "4" }} />, "/leads/1", "/leads/1", {
    "GET /api/fields": { items: [...FIELDS, ...more] },
  });
  const unfold = await screen.findByRole("button", { name: "Show 5 empty fields" });
  expect(screen.getByText("Seats")).toBeTruthy();
  expect(screen.queryByText("Tariff")).toBeNull();
  fireEvent.click(unfold);
  expect(screen.getByText("Tariff")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /empty fields/ })).toBeNull();
});
