// A grid with a cursor on a cell: a window of rows over a server list, moved with the arrow keys.
// biome-ignore-all lint/a11y/useSemanticElements: rows come and go as one scrolls, which no table element does
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays on the grid, whose keys move its cursor
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { cx } from "@/shared/lib/cx";
import { useKeys } from "@/shared/lib/keyboard";
import { Bar } from "@/shared/ui/states";
import type { Rows } from "./use-rows";

export interface CellColumn<T> {
  id: string;
  header: ReactNode;
  /** A CSS grid track, such as `minmax(120px, 1.2fr)`. */
  width: string;
  cell: (row: T, index: number) => ReactNode;
  /** The cursor does not go here. */
  still?: boolean;
}

export interface CellCursor {
  row: number;
  /** The column's id. */
  column: string;
}

export function CellGrid<T>(p: {
  label: string;
  rows: Rows<T>;
  columns: CellColumn<T>[];
  rowId: (row: T) => string;
  cursor: CellCursor;
  onCursor: (cursor: CellCursor) => void;
  onOpen: (cursor: CellCursor) => void;
  /** The rows that are in sight. */
  onWindow: (from: number, to: number) => void;
  rowHeight?: number;
  /** On phones rows are cards. */
  card?: (row: T, index: number) => ReactNode;
  cardHeight?: number;
}) {
  const id = useId();
  const body = useRef<HTMLDivElement>(null);
  const height = p.card ? (p.cardHeight ?? 104) : (p.rowHeight ?? 36);
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
  const { onWindow } = p;
  useEffect(() => {
    setWindow(from, to);
    onWindow(from, to);
  }, [setWindow, onWindow, from, to]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new height means measuring again
  useEffect(() => virtual.measure(), [height]);

  const movable = p.columns.filter((column) => !column.still);
  const move = (rows: number, columns: number) => {
    const at = movable.findIndex((column) => column.id === p.cursor.column);
    const column = movable[Math.max(0, Math.min(movable.length - 1, at + columns))] ?? movable[0];
    if (!column) return;
    const row = Math.max(0, Math.min(p.rows.known - 1, p.cursor.row + rows));
    p.onCursor({ row, column: column.id });
    virtual.scrollToIndex(row);
  };
  useKeys({
    j: () => move(1, 0),
    k: () => move(-1, 0),
    ArrowDown: () => move(1, 0),
    ArrowUp: () => move(-1, 0),
    ArrowRight: () => move(0, 1),
    ArrowLeft: () => move(0, -1),
    Enter: () => p.rows.at(p.cursor.row) && p.onOpen(p.cursor),
  });

  const template = p.columns.map((column) => column.width).join(" ");
  const isThere = items.some((item) => item.index === p.cursor.row && p.rows.at(item.index));
  const cellId = (cursor: CellCursor) => `${id}${cursor.row}${cursor.column}`;
  return (
    <div
      role="grid"
      tabIndex={0}
      aria-label={p.label}
      aria-rowcount={p.rows.total ?? -1}
      aria-activedescendant={!p.card && isThere ? cellId(p.cursor) : undefined}
      className="flex min-h-0 min-w-0 flex-1 flex-col -outline-offset-2"
    >
      <div ref={body} className="min-h-0 flex-1 overflow-auto">
        {p.card ? null : (
          <div
            role="row"
            style={{ gridTemplateColumns: template }}
            className="sticky top-0 z-2 grid h-row-field min-w-fit items-center gap-x-2 border-b bg-canvas px-6 text-ink-2 max-lg:px-4"
          >
            {p.columns.map((column) => (
              <div key={column.id} role="columnheader" className="min-w-0">
                {column.header}
              </div>
            ))}
          </div>
        )}
        <div role="rowgroup" className="relative min-w-fit max-sm:min-w-0" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = p.rows.at(item.index);
            const place = { height, transform: `translateY(${item.start}px)` };
            if (!row) {
              return (
                <div
                  key={item.key}
                  aria-hidden="true"
                  style={place}
                  className="absolute top-0 left-0 flex w-full items-center gap-8 border-b px-6"
                >
                  <Bar className="w-24" />
                  <Bar className="w-36" />
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
                    {p.card(row, item.index)}
                  </div>
                </div>
              );
            }
            const here = item.index === p.cursor.row;
            return (
              <div
                key={item.key}
                role="row"
                aria-rowindex={item.index + 1}
                data-cursor={here || undefined}
                style={{ ...place, gridTemplateColumns: template }}
                className={cx(
                  "absolute top-0 left-0 grid w-full items-center gap-x-2 border-b px-6 max-lg:px-4",
                  here ? "row-cursor" : "hover:bg-sunken",
                )}
              >
                {p.columns.map((column) => {
                  const at = { row: item.index, column: column.id };
                  const isCursor = here && column.id === p.cursor.column;
                  return (
                    <div
                      key={column.id}
                      id={column.still ? undefined : cellId(at)}
                      role="gridcell"
                      tabIndex={-1}
                      aria-selected={column.still ? undefined : isCursor}
                      onClick={column.still ? undefined : () => p.onOpen(at)}
                      onKeyDown={() => undefined}
                      className={cx(
                        "flex h-[30px] min-w-0 items-center outline-none",
                        !column.still && "-mx-1.5 rounded-control px-1.5",
                        isCursor && "bg-surface outline-2 -outline-offset-1 !outline-accent outline-solid",
                      )}
                    >
                      {column.cell(row, item.index)}
                    </div>
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
