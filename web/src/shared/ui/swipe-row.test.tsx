import { fireEvent, render, screen } from "@testing-library/react";
import { Check, Phone } from "lucide-react";
import { beforeEach, expect, test, vi } from "vitest";
import { SwipeHint } from "./swipe-hint";
import { SwipeRow } from "./swipe-row";

const run = { left: vi.fn(), right: vi.fn() };

beforeEach(() => {
  run.left.mockReset();
  run.right.mockReset();
});

function pull(x: number, y = 0) {
  const row = screen.getByText("Linden Physio");
  const at = (part: number) => ({ touches: [{ clientX: 200 + x * part, clientY: 100 + y * part }] });
  fireEvent.touchStart(row, at(0));
  for (const part of [0.5, 1]) fireEvent.touchMove(row, at(part));
  return () => fireEvent.touchEnd(row);
}

test("the hint is shown until the first swipe", () => {
  render(
    <>
      <SwipeHint>Swipe left</SwipeHint>
      <SwipeRow left={{ label: "Done", icon: Check, run: run.left }}>Linden Physio</SwipeRow>
    </>,
  );
  pull(-40)();
  expect(screen.getByText("Swipe left")).toBeDefined();
  pull(-90)();
  expect(screen.queryByText("Swipe left")).toBeNull();
});

test("a row pulled far enough names what it will do, and does it once the finger leaves", () => {
  render(
    <SwipeRow
      left={{ label: "Done", icon: Check, run: run.left }}
      right={{ label: "Call", icon: Phone, run: run.right }}
    >
      Linden Physio
    </SwipeRow>,
  );
  const leave = pull(-90);
  expect(screen.getByText("Done")).toBeDefined();
  expect(run.left).not.toHaveBeenCalled();
  leave();
  expect(run.left).toHaveBeenCalledOnce();
  expect(screen.queryByText("Done")).toBeNull();
  pull(90)();
  expect(run.right).toHaveBeenCalledOnce();
});

test("a short pull, a scrolling finger and a side without an action do nothing", () => {
  render(<SwipeRow left={{ label: "Done", icon: Check, run: run.left }}>Linden Physio</SwipeRow>);
  pull(-40)();
  pull(-70, 200)();
  pull(120)();
  expect(run.left).not.toHaveBeenCalled();
});
