import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { newStep, type Step } from "./model";
import { StepForm } from "./step-form";

const draw = (step: Step) => {
  const changed: Step[] = [];
  render(
    <StepForm
      index={0}
      steps={[step]}
      errors={{}}
      templates={[]}
      onChange={(next) => changed.push(next)}
      onMove={() => undefined}
      onRemove={() => undefined}
    />,
  );
  return changed;
};

test.each([
  ["minutes", "480", 480],
  ["minutes", "600000", 525_600],
  ["hours", "500", 500],
  ["days", "400", 365],
] as const)("a delay in %s of %s is %d", (unit, typed, amount) => {
  const changed = draw({ ...newStep("wait"), delay: { amount: 1, unit } });
  fireEvent.change(screen.getByLabelText("Delay of step 1"), { target: { value: typed } });
  expect(changed.at(-1)?.delay).toEqual({ amount, unit });
});

test("a last day is asked for where the step can be left out, and shown where one stands", () => {
  draw(newStep("wait"));
  screen.getByLabelText("Not after, step 1");
  cleanup();
  draw(newStep("end"));
  screen.getByLabelText("Not before, step 1");
  expect(screen.queryByLabelText("Not after, step 1")).toBeNull();
  cleanup();
  draw({ ...newStep("end"), not_after: "2026-12-24" });
  screen.getByLabelText("Not after, step 1");
});
