// How the values of custom fields are read: what becomes of those that do not fit, and how numbers and dates are spelled.
import type { CustomField } from "@/app/shared-queries";
import { Field } from "@/shared/forms/field";
import { Select } from "@/shared/ui/select";
import { type Column, filledFields, type Values } from "./model";

export function ValueChoices({
  columns,
  fields,
  values,
  onValues,
}: {
  columns: readonly Column[];
  fields: readonly CustomField[];
  values: Values;
  /** `respelled`: values are read in another way now. */
  onValues: (values: Values, respelled: boolean) => void;
}) {
  const typed = filledFields(columns, fields).filter((field) => field.kind !== "text");
  if (typed.length === 0) return null;
  const spell = (spelling: Partial<Values>) => onValues({ ...values, ...spelling, spelling_chosen: true }, true);
  return (
    <>
      <Field label="If a value does not fit its field">
        <Select
          value={values.bad_values}
          onValue={(bad_values) => onValues({ ...values, bad_values }, false)}
          options={[
            { value: "reject", label: "Reject the row" },
            { value: "leave_out", label: "Import the row without the value" },
          ]}
          className="w-full"
        />
      </Field>
      {typed.some((field) => field.kind === "date") ? (
        <Field label="Dates such as 03/04/2026" help="A time of day is left out.">
          <Select
            value={values.day_first === false ? "month" : "day"}
            onValue={(first) => spell({ day_first: first === "day" })}
            options={[
              { value: "day", label: "Day first: 3 April 2026" },
              { value: "month", label: "Month first: 4 March 2026" },
            ]}
            className="w-full"
          />
        </Field>
      ) : null}
      {typed.some((field) => field.kind === "number" || field.kind === "money") ? (
        <Field label="Numbers">
          <Select
            value={values.decimal_comma ? "comma" : "point"}
            onValue={(sign) => spell({ decimal_comma: sign === "comma" })}
            options={[
              { value: "point", label: "1,234.5 with a decimal point" },
              { value: "comma", label: "1.234,5 with a decimal comma" },
            ]}
            className="w-full"
          />
        </Field>
      ) : null}
    </>
  );
}
