import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { countedWaiting, listedWaiting } from "./waiting";

const inbox = (cache: QueryClient) => cache.getQueryData<{ inbox_open: number }>(["dashboard", "stats"])?.inbox_open;

test("the rail's number follows the list that was just read", () => {
  const cache = new QueryClient();
  listedWaiting(cache, { items: [1, 2] });
  expect(inbox(cache)).toBeUndefined();
  cache.setQueryData(["dashboard", "stats"], { inbox_open: 5 });
  listedWaiting(cache, { items: [1, 2, 3, 4] });
  expect(inbox(cache)).toBe(4);
});

test("a list that says something else than newer figures is read again", () => {
  const cache = new QueryClient();
  const isStale = () => cache.getQueryState(["inbox", "list", "open"])?.isInvalidated;
  cache.setQueryData(["inbox", "list", "open"], { items: [1, 2, 3] });
  countedWaiting(cache, { inbox_open: 3 });
  expect(isStale()).toBe(false);
  countedWaiting(cache, { inbox_open: 4 });
  expect(isStale()).toBe(true);
});
