// A field for a time zone, completed from those the browser knows.
import { type InputHTMLAttributes, useId } from "react";
import { Input } from "./field";

export function ZoneInput(props: InputHTMLAttributes<HTMLInputElement>) {
  const list = useId();
  return (
    <>
      <Input {...props} list={list} />
      <datalist id={list}>
        {(Intl.supportedValuesOf?.("timeZone") ?? []).map((z) => (
          <option key={z} value={z} />
        ))}
      </datalist>
    </>
  );
}
