// The one table: its head, rows and cells look the same wherever rows are listed. Long lists are grids, in `shared/grid`.
import { type ComponentProps, createContext, type ReactNode, useContext } from "react";
import { cx } from "@/shared/lib/cx";
import { Scrollable } from "./scrollable";

/** Where a table stands: by itself, from edge to edge of a page, or inside something that has its own space around it. */
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
  /** A hairline below the head, where it would have none. */
  headLine?: boolean;
  headClassName?: string;
  /** Rows with sums. */
  foot?: ReactNode;
  /** What is said of it aloud. */
  caption?: ReactNode;
  /** Its name, where it is wider than a phone and scrolls sideways. */
  scrolls?: string;
  /** Hairlines between the rows and around them: for rows without a line of their own. */
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
  /** Left out on a phone. */
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

/** `line`: the hairline below it. */
export function Row({
  size = "md",
  line = true,
  className,
  ...props
}: ComponentProps<"tr"> & { size?: keyof typeof HEIGHT; line?: boolean }) {
  return <tr className={cx(HEIGHT[size], line && "border-b", className)} {...props} />;
}
