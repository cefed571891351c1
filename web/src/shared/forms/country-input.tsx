// A field for a country: a list with a search. The list is fetched after the page.
import { lazy, Suspense } from "react";
import { countryName } from "@/shared/lib/country-name";
import type { CountryPickerProps } from "./country-picker";
import { Input } from "./field";

const CountryPicker = lazy(() => import("./country-picker").then((m) => ({ default: m.CountryPicker })));

export function CountryInput(props: CountryPickerProps) {
  const { value, id, className, placeholder } = props;
  return (
    <Suspense
      fallback={
        <Input
          id={id}
          aria-label={props["aria-label"]}
          readOnly
          value={value ? countryName(value) : ""}
          placeholder={placeholder}
          className={className}
        />
      }
    >
      <CountryPicker {...props} />
    </Suspense>
  );
}
