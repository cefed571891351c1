import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test, vi } from "vitest";
import { type CursorPage, useRows } from "./use-rows";

const page = (cursor: string | undefined, more: object): CursorPage<number> => {
  const from = Number(cursor ?? 0);
  const items = Array.from({ length: 100 }, (_, i) => from + i);
  return { items, next_cursor: from < 400 ? String(from + 100) : null, ...more };
};

function rowsOf(asOf: (cursor: string | undefined) => string | undefined) {
  const cache = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={cache}>{children}</QueryClientProvider>
  );
  const fetchPage = async (cursor: string | undefined) => page(cursor, { total: 500, as_of: asOf(cursor) });
  return renderHook(() => useRows<number>(["rows"], fetchPage), { wrapper });
}

/** Shows the rows once they are there. */
async function scroll({ result }: ReturnType<typeof rowsOf>, from: number) {
  act(() => result.current.setWindow(from, from + 20));
  await vi.waitFor(() => expect(result.current.at(from)).toBe(from));
}

test("rows that are behind say so also below their first page", async () => {
  const rows = rowsOf(() => "2026-11-20T09:00:00Z");
  for (const from of [0, 90, 190, 290]) await scroll(rows, from);
  const { asOf, total, at } = rows.result.current;
  expect([at(0), asOf, total]).toEqual([undefined, "2026-11-20T09:00:00Z", 500]);
});

test("rows of which a later page is no longer behind say nothing any more", async () => {
  const rows = rowsOf((cursor) => (cursor ? undefined : "2026-11-20T09:00:00Z"));
  await scroll(rows, 0);
  expect(rows.result.current.asOf).toBe("2026-11-20T09:00:00Z");
  for (const from of [90, 190, 290]) await scroll(rows, from);
  expect(rows.result.current.asOf).toBeUndefined();
});
