// The one table: its head, rows and cells look the same wherever rows are listed. Long lists are grids, in `shared/grid`.
import { type ComponentProps, createContext, type ReactNode, useContext } from "react";
import { cx } from "@/shared/lib/cx";
import { Scrollable } from "./scrollable";

/** The place of a table: by itself, from edge to edge of a page, or inside something with its own padding. */
type Edge = "box" | "page" | "none";

const HEAD: Record<Edge, string> = {
  box: "h-8 border-y bg-canvas",
  page: "h-8 border-b bg-canvas",
  none: "h-7",
};
const CELL: Record<Edge, string> = {
  box: "first:pl-2 last:pr-2",
  page: "first:pl-6 last:pr-6 max-lg:first:pl-4 max-lg:last:pr-4",
  none: "last:pr-0",
};
const EdgeContext = createContext<Edge>("box");

export function Table({
  edge = "box",
  head,
  headLine,
  headClassName,
  foot,
  caption,
  scrolls,
  lines,
  className,
  children,
  ...props
}: ComponentProps<"table"> & {
  edge?: Edge;
  /** The cells of the head. */
  head?: ReactNode;
  /** Adds a line below the head, where it would have none. */
  headLine?: boolean;
  headClassName?: string;
  /** Rows with sums. */
  foot?: ReactNode;
  /** The table's accessible name. */
  caption?: ReactNode;
  /** The accessible name of the scrolling region, if the table is wider than a phone. */
  scrolls?: string;
  /** Adds lines between and around the rows: for rows without lines of their own. */
  lines?: boolean;
}) {
  const table = (
    <EdgeContext value={edge}>
      <table className={cx("w-full", className)} {...props}>
        {caption ? <caption className="sr-only">{caption}</caption> : null}
        {head ? (
          <thead className={headClassName}>
            <tr className={cx("text-left text-ink-2", headLine ? "h-8 border-b" : HEAD[edge])}>{head}</tr>
          </thead>
        ) : null}
        <tbody className={lines ? "divide-y border-y" : undefined}>{children}</tbody>
        {foot ? <tfoot>{foot}</tfoot> : null}
      </table>
    </EdgeContext>
  );
  if (!scrolls) return table;
  return (
    <Scrollable label={scrolls} className="relative overflow-x-auto">
      {table}
    </Scrollable>
  );
}

interface Place {
  /** Figures stand at the end of their column. */
  end?: boolean;
  /** The column is hidden on a phone. */
  wide?: boolean;
}

const place = (edge: Edge, { end, wide }: Place, className?: string) =>
  cx("pr-3", CELL[edge], end && "text-right", wide && "max-sm:hidden", className);

/** The head of a column; with `scope="row"` that of a row. */
export function Th({ end, wide, className, ...props }: ComponentProps<"th"> & Place) {
  const own = cx(!end && "text-left", props.scope !== "row" && "font-normal", className);
  return <th className={place(useContext(EdgeContext), { end, wide }, own)} {...props} />;
}

export function Td({ end, wide, className, ...props }: ComponentProps<"td"> & Place) {
  return <td className={place(useContext(EdgeContext), { end, wide }, className)} {...props} />;
}

const HEIGHT = { auto: "", sm: "h-8", md: "h-9", lg: "h-11" };

/** `line`: the line below it. */
export function Row({
  size = "md",
  line = true,
  className,
  ...props
}: ComponentProps<"tr"> & { size?: keyof typeof HEIGHT; line?: boolean }) {
  return <tr className={cx(HEIGHT[size], line && "border-b", className)} {...props} />;
}
