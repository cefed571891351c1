import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { Column } from "./model";
import { OptOutQuestion } from "./opt-out-question";

const column: Column = {
  header: "Please do not disturb",
  samples: ["x"],
  target: null,
  fits: 1,
  of: 1,
  opt_out_question: true,
};

test("a column that may say who has opted out gets an answer", async () => {
  const [onTarget, onNone] = [vi.fn(), vi.fn()];
  render(<OptOutQuestion column={column} onTarget={onTarget} onNone={onNone} />);
  expect(screen.getByRole("region", { name: /Please do not disturb.*opted out/ })).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Yes, of e-mail" }));
  expect(onTarget).toHaveBeenCalledWith("opted_out_email");
  await userEvent.click(screen.getByRole("button", { name: "No, it says something else" }));
  expect(onNone).toHaveBeenCalledOnce();
});
