import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Select } from "./select";

const OPTIONS = [
  { value: "ann", label: "Ann" },
  { value: "ray", label: "Ray" },
];
const picker = vi.fn();
const shows = Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "showPicker");
const open = (bare: boolean) => {
  HTMLSelectElement.prototype.showPicker = picker;
  render(
    <Select aria-label="Assign to" bare={bare} value="" placeholder="Assign to" options={OPTIONS} onValue={() => {}} />,
  );
  return screen.getByLabelText("Assign to");
};

afterEach(() => {
  picker.mockClear();
  if (shows) Object.defineProperty(HTMLSelectElement.prototype, "showPicker", shows);
  else Reflect.deleteProperty(HTMLSelectElement.prototype, "showPicker");
});

test("arrows and letters open the list of a choice that acts at once, and choose nothing", () => {
  const select = open(true);
  for (const key of ["ArrowDown", "ArrowUp", "r"]) expect(fireEvent.keyDown(select, { key }), key).toBe(false);
  expect(picker).toHaveBeenCalledTimes(3);
});

test("keys that choose nothing stay the browser's", () => {
  const select = open(true);
  for (const key of ["Tab", "Enter", " ", "Escape"]) expect(fireEvent.keyDown(select, { key }), key).toBe(true);
  expect(fireEvent.keyDown(select, { key: "a", ctrlKey: true })).toBe(true);
  expect(picker).not.toHaveBeenCalled();
});

test("a field of a form chooses by arrows and letters as ever", () => {
  expect(fireEvent.keyDown(open(false), { key: "ArrowDown" })).toBe(true);
  expect(picker).not.toHaveBeenCalled();
});
