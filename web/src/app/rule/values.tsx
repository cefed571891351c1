// The values of a condition: chosen from a list, typed in one after another, or one alone.
import { useState } from "react";
import { Chosen } from "@/shared/forms/countries-input";
import { CountryInput } from "@/shared/forms/country-input";
import { Input } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { Checkbox } from "@/shared/ui/checkbox";
import { Select } from "@/shared/ui/select";
import type { ConditionDraft } from "./draft";
import { entryOf, type FieldKind, type RuleField, valueWord } from "./fields";

/** A list with no more options is shown as boxes to tick. */
const FEW = 8;

interface Entry {
  field: RuleField;
  condition: ConditionDraft;
  /** The end of each label: "of condition 2". */
  of: string;
  onValues: (values: string[]) => void;
  wired: { "aria-invalid"?: true; "aria-describedby"?: string };
}

const inputOf = (kind: FieldKind) =>
  kind === "time" || kind === "date"
    ? ({ type: "date" } as const)
    : kind === "number"
      ? ({ type: "text", inputMode: "decimal" } as const)
      : ({ type: "text" } as const);

function ChosenList({ field, condition, of, onValues }: Omit<Entry, "wired">) {
  if (condition.values.length === 0) return null;
  return (
    <div className="mb-1 flex flex-wrap gap-1">
      {condition.values.map((value) => (
        <Chosen
          key={value}
          word={valueWord(field, value)}
          of={of}
          onRemove={() => onValues(condition.values.filter((other) => other !== value))}
        />
      ))}
    </div>
  );
}

function Boxes({ field, condition, of, onValues, wired }: Entry) {
  const listed = field.options ?? [];
  // A value that is no option any more stays until it is unticked.
  const strays = condition.values.filter((value) => !listed.some((option) => option.value === value));
  const all = [...listed.map(({ value }) => value), ...strays];
  return (
    <fieldset
      aria-label={`Values ${of}`}
      aria-describedby={wired["aria-describedby"]}
      className="flex flex-wrap gap-x-3"
    >
      {all.map((value) => (
        <label key={value} className="flex min-h-control items-center gap-1 max-sm:min-h-11">
          <Checkbox
            checked={condition.values.includes(value)}
            onValue={(on) => onValues(all.filter((other) => (other === value ? on : condition.values.includes(other))))}
          />
          {valueWord(field, value)}
        </label>
      ))}
    </fieldset>
  );
}

function Choice(entry: Entry) {
  const { field, condition, of, onValues, wired } = entry;
  const left = (field.options ?? []).filter(({ value }) => !condition.values.includes(value));
  return (
    <div className="min-w-0">
      <ChosenList {...entry} />
      <Select
        aria-label={`Add a value ${of}`}
        value=""
        placeholder={condition.values.length ? "Add another" : "Choose"}
        options={left}
        disabled={left.length === 0}
        onValue={(value) => onValues([...condition.values, value])}
        className="w-full"
        {...wired}
      />
    </div>
  );
}

function Typed(entry: Entry) {
  const { field, condition, of, onValues, wired } = entry;
  const [text, setText] = useState("");
  const take = () => {
    const value = text.trim();
    setText("");
    if (value && !condition.values.includes(value)) onValues([...condition.values, value]);
  };
  return (
    <div className="min-w-0">
      <ChosenList {...entry} />
      <Input
        aria-label={`Add a value ${of}`}
        placeholder={condition.values.length ? "Add another" : (field.hint ?? "Type, then Enter")}
        value={text}
        maxLength={200}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key !== "Enter" || !text.trim()) return;
          e.preventDefault();
          take();
        }}
        onBlur={take}
        {...inputOf(field.kind)}
        {...wired}
      />
    </div>
  );
}

function Countries(entry: Entry) {
  const { condition, of, onValues, wired } = entry;
  return (
    <div className="min-w-0">
      <ChosenList {...entry} />
      <CountryInput
        adds
        aria-label={`Add a value ${of}`}
        placeholder={condition.values.length ? "Add another" : "Search countries"}
        value=""
        onValue={(code) => {
          if (code && !condition.values.includes(code)) onValues([...condition.values, code]);
        }}
        {...wired}
      />
    </div>
  );
}

export function Values(entry: Entry) {
  const { field, condition, of, onValues, wired } = entry;
  const one = condition.values[0] ?? "";
  switch (entryOf(condition.test)) {
    case "nothing":
      return <span />;
    case "days":
      return (
        <span className="flex items-center gap-2">
          <Input
            aria-label={`Days ${of}`}
            inputMode="numeric"
            value={one}
            maxLength={5}
            onChange={(e) => onValues(e.target.value ? [e.target.value] : [])}
            className="!w-20"
            {...wired}
          />
          days
        </span>
      );
    case "one":
      return (
        <Input
          aria-label={`Value ${of}`}
          value={one}
          maxLength={200}
          placeholder={field.hint}
          onChange={(e) => onValues(e.target.value ? [e.target.value] : [])}
          className={cx(inputOf(field.kind).type === "date" && "max-w-44")}
          {...inputOf(field.kind)}
          {...wired}
        />
      );
    case "list":
      if (field.name === "country") return <Countries {...entry} />;
      if (!field.options) return <Typed {...entry} />;
      return field.options.length <= FEW ? <Boxes {...entry} /> : <Choice {...entry} />;
  }
}
