// The grid: a window of rows over a server list, moved and ticked from the keyboard.
// biome-ignore-all lint/a11y/useSemanticElements: rows come and go as one scrolls, which no table element does
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays on the grid, whose keys move its cursor
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { cx } from "@/shared/lib/cx";
import { useKeys } from "@/shared/lib/keyboard";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Bar } from "@/shared/ui/states";
import { isSelected, type Selection, selectedCount, toggle } from "./selection";
import type { Rows } from "./use-rows";

export interface Column<T> {
  id: string;
  header: string;
  /** A CSS grid track, such as `minmax(120px, 1.2fr)`. */
  width: string;
  cell: (row: T) => ReactNode;
  /** `asc` for words, which are first sorted from A to Z; figures begin with the largest. */
  sortable?: boolean | "asc";
  align?: "end";
}

export interface Sort {
  by: string;
  dir: "asc" | "desc";
}

/** How far the grid looks for a row that has moved. */
const NEAR = 100;

export interface GridProps<T> {
  label: string;
  rows: Rows<T>;
  columns: Column<T>[];
  rowId: (row: T) => string;
  rowName: (row: T) => string;
  rowHeight?: number;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  selection?: Selection;
  onSelection?: (selection: Selection) => void;
  cursor: number;
  onCursor: (index: number) => void;
  onOpen?: (row: T) => void;
  onPeek?: (row: T) => void;
  /** On phones rows are cards. */
  card?: (row: T) => ReactNode;
  cardHeight?: number;
}

/** The direction by which a click on a column's header sorts. */
function nextDir(column: { sortable?: boolean | "asc" }, now: Sort["dir"] | undefined): Sort["dir"] {
  if (now) return now === "asc" ? "desc" : "asc";
  return column.sortable === "asc" ? "asc" : "desc";
}

export function Grid<T>(p: GridProps<T>) {
  const body = useRef<HTMLDivElement>(null);
  const height = p.card ? (p.cardHeight ?? 104) : (p.rowHeight ?? 36);
  const [hover, setHover] = useState(-1);
  const virtual = useVirtualizer({
    count: p.rows.count,
    getScrollElement: () => body.current,
    estimateSize: () => height,
    overscan: 6,
  });
  const items = virtual.getVirtualItems();
  const from = items[0]?.index ?? 0;
  const to = items.at(-1)?.index ?? 0;
  const { setWindow } = p.rows;
  useEffect(() => setWindow(from, to), [setWindow, from, to]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new height means measuring again
  useEffect(() => virtual.measure(), [height]);

  const move = (by: number, extend = false) => {
    const next = Math.max(0, Math.min(p.rows.known - 1, p.cursor + by));
    if (extend && p.selection && p.onSelection) {
      let s = p.selection;
      for (const i of [p.cursor, next]) {
        const row = p.rows.at(i);
        if (row) s = toggle(s, p.rowId(row), true);
      }
      p.onSelection(s);
    }
    p.onCursor(next);
    virtual.scrollToIndex(next);
  };
  const current = () => p.rows.at(p.cursor);
  // The cursor stays on a row, not on a position: when the order changes, it follows its row.
  const held = useRef<{ list: string; index: number; id?: string }>({ list: p.rows.list, index: -1 });
  const there = p.rows.at(p.cursor);
  const thereId = there ? p.rowId(there) : undefined;
  useEffect(() => {
    const before = held.current;
    if (before.list === p.rows.list && before.index === p.cursor && before.id && thereId && thereId !== before.id) {
      for (let by = 1; by <= NEAR; by++) {
        for (const index of [p.cursor + by, p.cursor - by]) {
          const row = index < 0 ? undefined : p.rows.at(index);
          if (row && p.rowId(row) === before.id) {
            held.current = { ...before, index };
            p.onCursor(index);
            return;
          }
        }
      }
    }
    held.current = { list: p.rows.list, index: p.cursor, id: thereId ?? before.id };
  });
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    "shift+j": () => move(1, true),
    "shift+k": () => move(-1, true),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => {
      const row = current();
      if (row && p.onOpen) p.onOpen(row);
    },
    " ": () => {
      const row = current();
      if (row && p.onPeek) p.onPeek(row);
    },
    x: () => {
      const row = current();
      if (row && p.selection && p.onSelection) p.onSelection(toggle(p.selection, p.rowId(row)));
    },
  });

  const ticking = !!p.selection && !!p.onSelection;
  const anyTicked = !!p.selection && selectedCount(p.selection) > 0;
  const template = `${ticking ? "28px " : ""}${p.columns.map((c) => c.width).join(" ")}`;
  const allTicked = p.selection?.kind === "all" && p.selection.except.size === 0;

  return (
    <div
      role="grid"
      tabIndex={0}
      aria-label={p.label}
      aria-rowcount={p.rows.total ?? -1}
      aria-multiselectable={ticking || undefined}
      className="flex min-h-0 flex-1 flex-col -outline-offset-2"
    >
      <div ref={body} className="min-h-0 flex-1 overflow-auto">
        {p.card ? null : (
          <div
            role="row"
            style={{ gridTemplateColumns: template }}
            className="sticky top-0 z-2 grid h-8 min-w-fit items-center gap-x-3 border-b bg-canvas px-6 text-ink-2 max-lg:px-4"
          >
            {ticking ? (
              <div role="columnheader" className="-ml-1">
                <Checkbox
                  aria-label={allTicked ? "Clear the selection" : "Select all"}
                  checked={!!allTicked}
                  mixed={anyTicked && !allTicked}
                  onValue={() =>
                    p.onSelection?.(
                      anyTicked
                        ? { kind: "some", ids: new Set() }
                        : { kind: "all", except: new Set(), total: p.rows.total ?? p.rows.known },
                    )
                  }
                />
              </div>
            ) : null}
            {p.columns.map((c) => {
              const on = p.sort?.by === c.id;
              return (
                <div
                  key={c.id}
                  role="columnheader"
                  aria-sort={on ? (p.sort?.dir === "asc" ? "ascending" : "descending") : undefined}
                  className={cx("min-w-0", c.align && "text-right")}
                >
                  {c.sortable && p.onSort ? (
                    <Button
                      kind="bare"
                      onClick={() => p.onSort?.({ by: c.id, dir: nextDir(c, on ? p.sort?.dir : undefined) })}
                      className="inline-flex h-6 max-w-full items-center gap-1 hover:text-ink"
                    >
                      <span className="truncate">{c.header}</span>
                      {on ? (
                        p.sort?.dir === "asc" ? (
                          <ArrowUp size={13} aria-hidden="true" />
                        ) : (
                          <ArrowDown size={13} aria-hidden="true" />
                        )
                      ) : null}
                    </Button>
                  ) : (
                    <span className="block truncate">{c.header}</span>
                  )}
                </div>
              );
            })}
          </div>
        )}
        <div role="rowgroup" className="relative min-w-fit" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = p.rows.at(item.index);
            const id = row ? p.rowId(row) : undefined;
            const ticked = !!(id && p.selection && isSelected(p.selection, id));
            const here = item.index === p.cursor;
            const place = { height, transform: `translateY(${item.start}px)` };
            if (!row || !id) {
              return (
                <div
                  key={item.key}
                  aria-hidden="true"
                  style={place}
                  className="absolute top-0 left-0 flex w-full items-center gap-8 border-b px-6"
                >
                  <Bar className="w-24" />
                  <Bar className="w-36" />
                  <Bar className="w-12" />
                </div>
              );
            }
            if (p.card) {
              return (
                <div
                  key={item.key}
                  role="row"
                  tabIndex={-1}
                  aria-rowindex={item.index + 1}
                  style={place}
                  className="absolute top-0 left-0 w-full px-3 pb-2"
                >
                  <div role="gridcell" tabIndex={-1} className="h-full">
                    {p.card(row)}
                  </div>
                </div>
              );
            }
            return (
              <div
                key={item.key}
                role="row"
                tabIndex={-1}
                aria-rowindex={item.index + 1}
                aria-selected={ticking ? ticked : undefined}
                data-cursor={here || undefined}
                style={{ ...place, gridTemplateColumns: template }}
                onPointerEnter={() => setHover(item.index)}
                onPointerLeave={() => setHover(-1)}
                onClick={(e) => {
                  if ((e.target as HTMLElement).closest("a,button,input,select,textarea")) return;
                  p.onCursor(item.index);
                  p.onPeek?.(row);
                }}
                onKeyDown={() => undefined}
                className={cx(
                  "absolute top-0 left-0 grid w-full items-center gap-x-3 border-b px-6 outline-none max-lg:px-4",
                  here ? "row-cursor" : ticked ? "bg-accent-soft" : hover === item.index && "bg-sunken",
                  here && ticked && "!bg-accent-soft",
                )}
              >
                {ticking ? (
                  <div role="gridcell" tabIndex={-1} className="-ml-1">
                    <Checkbox
                      aria-label={`Select ${p.rowName(row)}`}
                      checked={ticked}
                      onValue={(on) => p.selection && p.onSelection?.(toggle(p.selection, id, on))}
                      className={cx(
                        !(here || anyTicked || hover === item.index) && "opacity-0 focus-within:opacity-100",
                      )}
                    />
                  </div>
                ) : null}
                {p.columns.map((c) => (
                  <div
                    key={c.id}
                    role="gridcell"
                    tabIndex={-1}
                    className={cx("min-w-0 truncate", c.align && "text-right")}
                  >
                    {c.cell(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
