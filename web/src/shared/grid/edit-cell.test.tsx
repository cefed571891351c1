import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { EditCell } from "./edit-cell";

test("Enter saves what was typed, Esc leaves it, and nothing is saved unchanged", async () => {
  const save = vi.fn();
  const user = userEvent.setup();
  render(<EditCell label="Company" value="Linden" onSave={save} />);
  await user.dblClick(screen.getByRole("button", { name: "Company: Linden, edit" }));
  await user.clear(screen.getByRole("textbox", { name: "Company" }));
  await user.type(screen.getByRole("textbox", { name: "Company" }), "  Linden Physio {Enter}");
  expect(save).toHaveBeenCalledExactlyOnceWith("Linden Physio");

  await user.dblClick(screen.getByRole("button", { name: /Company/ }));
  await user.type(screen.getByRole("textbox", { name: "Company" }), "x{Escape}");
  await user.dblClick(screen.getByRole("button", { name: /Company/ }));
  await user.keyboard("{Enter}");
  expect(save).toHaveBeenCalledOnce();
});

test("an empty cell says what can be added", () => {
  render(<EditCell label="Role" value="" onSave={() => undefined} />);
  expect(screen.getByRole("button", { name: "Add role" })).toBeDefined();
});
