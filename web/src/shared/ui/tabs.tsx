// Tabs of a page: links that change the URL, with counts and number keys.
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";
import { Key } from "./key";

/** On a narrow screen the row of tabs scrolls: the chosen one is always visible, whatever takes room from the row. */
export const intoView = (element: HTMLElement | null) => {
  if (!element) return;
  const observer = new ResizeObserver(() => element.scrollIntoView({ block: "nearest", inline: "nearest" }));
  observer.observe(element.parentElement ?? element);
  return () => observer.disconnect();
};

export interface TabItem<T extends string = string> {
  id: T;
  label: string;
  count?: ReactNode;
}

export function Tabs<T extends string>({
  items,
  value,
  onChange,
  label,
  numbered,
  aside,
  after,
  mark,
}: {
  items: readonly TabItem<T>[];
  value: T;
  onChange: (id: T) => void;
  label: string;
  numbered?: boolean;
  aside?: ReactNode;
  /** Buttons right behind the tabs. */
  after?: ReactNode;
  /** The number of new items, beside the tabs, where it moves nothing. */
  mark?: ReactNode;
}) {
  return (
    <div className="flex h-10 shrink-0 items-stretch gap-6 border-b px-6 max-lg:px-4 max-sm:h-12">
      <nav aria-label={label} className="no-scrollbar flex min-w-0 items-stretch gap-6 overflow-x-auto max-sm:gap-5">
        {items.map((item, i) => {
          const on = item.id === value;
          return (
            <button
              type="button"
              key={item.id}
              ref={on ? intoView : undefined}
              aria-current={on ? "page" : undefined}
              onClick={() => onChange(item.id)}
              className={cx(
                "-mb-px flex shrink-0 items-center gap-2 border-b-2 whitespace-nowrap",
                on ? "border-accent font-medium text-ink" : "border-transparent text-ink-2 hover:text-ink",
              )}
            >
              {numbered && i < 9 ? <Key>{i + 1}</Key> : null}
              {item.label}
              {item.count !== undefined && item.count !== null ? (
                <span className="font-normal text-ink-3">{item.count}</span>
              ) : null}
            </button>
          );
        })}
      </nav>
      {after}
      <div role="status" className="flex shrink-0 items-center">
        {mark}
      </div>
      {aside ? <div className="ml-auto flex items-center gap-3 text-ink-2 max-sm:hidden">{aside}</div> : null}
    </div>
  );
}

/** Two or three ways to look at the same thing. */
export function Segmented<T extends string>({
  items,
  value,
  onChange,
  label,
}: {
  items: readonly { id: T; label: ReactNode }[];
  value: T;
  onChange: (id: T) => void;
  label: string;
}) {
  return (
    <fieldset aria-label={label} className="inline-flex overflow-hidden rounded-control border border-trough bg-raised">
      {items.map((item) => (
        <button
          type="button"
          key={item.id}
          aria-pressed={item.id === value}
          onClick={() => onChange(item.id)}
          className={cx(
            "flex h-segment items-center gap-1.5 border-trough border-l px-2.5 first:border-l-0 max-sm:h-10",
            item.id === value ? "bg-sunken font-medium text-ink" : "text-ink-2 hover:bg-sunken",
          )}
        >
          {item.label}
        </button>
      ))}
    </fieldset>
  );
}
