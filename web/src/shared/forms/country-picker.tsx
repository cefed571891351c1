// The list of countries under a field, with a search; fetched after the page, see `country-input.tsx`.
import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from "react";
import { type Country, exactCountry, findCountries } from "@/shared/lib/countries";
import { countryName } from "@/shared/lib/country-name";
import { cx } from "@/shared/lib/cx";
import { Input } from "./field";

export interface CountryPickerProps {
  /** The country's code; empty for none. */
  value: string;
  onValue: (code: string) => void;
  /** The user has decided: a country was picked from the list, or the field was left with its name. */
  onPick?: (code: string) => void;
  /** The field is a way to add countries: it tells of those that were picked, and stays empty itself. */
  adds?: boolean;
  id?: string;
  name?: string;
  autoComplete?: string;
  autoFocus?: boolean;
  placeholder?: string;
  className?: string;
  "aria-label"?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}

/** Keeps the list under its field; it is above all else, so that no dialog cuts it off. */
function usePlace(open: boolean) {
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const [input, popup] = [field.current, list.current];
    if (!open || !input || !popup) return;
    const place = () => {
      const { left, top, bottom, width } = input.getBoundingClientRect();
      const below = innerHeight - bottom;
      const isAbove = below < 180 && top > below;
      popup.style.left = `${Math.max(8, Math.min(left, innerWidth - Math.max(width, 220) - 8))}px`;
      popup.style.width = `${Math.max(width, 220)}px`;
      popup.style.maxHeight = `${Math.min(280, (isAbove ? top : below) - 12)}px`;
      popup.style.top = isAbove ? "auto" : `${bottom + 4}px`;
      popup.style.bottom = isAbove ? `${innerHeight - top + 4}px` : "auto";
    };
    popup.showPopover?.();
    place();
    addEventListener("scroll", place, true);
    addEventListener("resize", place);
    return () => {
      removeEventListener("scroll", place, true);
      removeEventListener("resize", place);
    };
  }, [open]);
  return { field, list };
}

export function CountryPicker({
  value,
  onValue,
  onPick,
  adds,
  placeholder = "Search countries",
  autoComplete = "off",
  autoFocus,
  ...rest
}: CountryPickerProps) {
  const id = useId();
  const [typed, setTyped] = useState<string>();
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  /** The value that was there before typing began, which comes back if nothing is found. */
  const [before, setBefore] = useState(value);
  const { field, list } = usePlace(open);
  const found = open ? findCountries(typed ?? "") : [];
  useLayoutEffect(() => {
    if (!autoFocus) return;
    field.current?.focus();
    field.current?.select();
  }, [autoFocus, field]);
  useLayoutEffect(() => {
    if (open && active >= 0) list.current?.children[active]?.scrollIntoView?.({ block: "nearest" });
  }, [open, active, list]);

  const show = () => {
    if (open) return;
    setOpen(true);
    setActive(findCountries("").findIndex(({ code }) => code === value));
  };
  const close = () => {
    setOpen(false);
    setTyped(undefined);
  };
  const pick = ({ code }: Country) => {
    close();
    onValue(code);
    onPick?.(code);
  };
  const type = (text: string) => {
    const was = typed === undefined ? value : before;
    setBefore(was);
    setTyped(text);
    setOpen(true);
    setActive(text.trim() ? 0 : -1);
    // While countries are added, a word may still become a longer one.
    if (!adds) onValue(text.trim() ? (exactCountry(text)?.code ?? was) : "");
  };
  const leave = () => {
    if (typed?.trim()) {
      const matches = findCountries(typed);
      const meant = exactCountry(typed) ?? (matches.length === 1 ? matches[0] : undefined);
      if (meant) pick(meant);
      else if (!adds) onValue(before);
    }
    close();
  };
  const press = (e: KeyboardEvent) => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (!open) return show();
      const step = e.key === "ArrowDown" ? 1 : -1;
      setActive((at) => Math.max(0, Math.min(found.length - 1, at + step)));
    } else if (e.key === "Enter" && open) {
      const chosen = found[active];
      if (!chosen && typed === undefined) return close();
      e.preventDefault();
      e.stopPropagation();
      if (chosen) pick(chosen);
    } else if (e.key === "Escape" && open) {
      e.preventDefault();
      e.stopPropagation();
      if (typed !== undefined && !adds) onValue(before);
      close();
    }
  };
  return (
    <>
      <Input
        {...rest}
        ref={field}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-activedescendant={open && found[active] ? `${id}-${found[active].code}` : undefined}
        autoComplete={autoComplete}
        spellCheck={false}
        placeholder={placeholder}
        value={typed ?? (value ? countryName(value) : "")}
        onChange={(e) => type(e.target.value)}
        onClick={(e) => {
          e.currentTarget.select();
          show();
        }}
        onBlur={leave}
        onKeyDown={press}
      />
      {open ? (
        <div
          ref={list}
          id={id}
          role="listbox"
          aria-label="Countries"
          popover="manual"
          className="fixed inset-auto z-50 m-0 overflow-y-auto rounded-panel border border-line bg-raised p-1 text-ink shadow-float"
        >
          {found.map(({ code, name }, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field keeps the focus and hears the keys
            <div
              key={code}
              id={`${id}-${code}`}
              role="option"
              tabIndex={-1}
              aria-selected={code === value}
              // The field keeps the focus.
              onPointerDown={(e) => e.preventDefault()}
              onMouseDown={(e) => e.preventDefault()}
              onClick={() => pick({ code, name })}
              className={cx(
                "flex min-h-8 cursor-default items-center gap-3 rounded-control px-2 hover:bg-sunken max-sm:min-h-11",
                i === active && "bg-sunken",
                code === value && "font-medium",
              )}
            >
              <span className="min-w-0 flex-1">{name}</span>
              <span className="text-meta text-ink-3">{code}</span>
            </div>
          ))}
          {found.length ? null : (
            <div
              role="option"
              tabIndex={-1}
              aria-selected={false}
              aria-disabled="true"
              className="px-2 py-1.5 text-ink-2"
            >
              No country has this name
            </div>
          )}
        </div>
      ) : null}
    </>
  );
}
