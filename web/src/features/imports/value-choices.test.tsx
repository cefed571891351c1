import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { CustomField } from "@/app/shared-queries";
import type { Column, Values } from "./model";
import { ValueChoices } from "./value-choices";

const fields: CustomField[] = [
  { id: "field_1", key: "Ends", label: "Ends", kind: "date" },
  { id: "field_2", key: "Remark", label: "Remark", kind: "text" },
];
const values: Values = {
  bad_values: "reject",
  decimal_comma: false,
  day_first: true,
  spelling_chosen: false,
};
const column = (field: string): Column => ({ header: field, samples: [], target: null, field, fits: 1, of: 1 });

test("only what the file's typed fields need is asked", () => {
  const { rerender } = render(
    <ValueChoices columns={[column("Remark")]} fields={fields} values={values} onValues={() => {}} />,
  );
  expect(screen.queryByLabelText("If a value does not fit its field")).toBeNull();
  rerender(<ValueChoices columns={[column("Ends")]} fields={fields} values={values} onValues={() => {}} />);
  expect(screen.getByLabelText("If a value does not fit its field")).toBeTruthy();
  expect(screen.queryByLabelText("Numbers")).toBeNull();
});

test("another order of day and month is a choice, after which values are counted again", () => {
  const onValues = vi.fn();
  render(<ValueChoices columns={[column("Ends")]} fields={fields} values={values} onValues={onValues} />);
  fireEvent.change(screen.getByLabelText("Dates such as 03/04/2026"), { target: { value: "month" } });
  expect(onValues).toHaveBeenLastCalledWith({ ...values, day_first: false, spelling_chosen: true }, true);
  fireEvent.change(screen.getByLabelText("If a value does not fit its field"), { target: { value: "leave_out" } });
  expect(onValues).toHaveBeenLastCalledWith({ ...values, bad_values: "leave_out" }, false);
});
