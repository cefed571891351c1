import { act, renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { useSteady } from "./steady";

interface Row {
  id: string;
  unread?: boolean;
}
const rows = (...ids: string[]): Row[] => ids.map((id) => ({ id }));
const ids = (items: Row[]) => items.map((r) => r.id).join("");
const show = (items?: Row[]) =>
  renderHook(
    ({ list, items }) =>
      useSteady(
        list,
        items,
        (r) => r.id,
        (r) => !!r.unread,
      ),
    { initialProps: { list: "open", items } },
  );

test("what arrives waits, and comes when it is asked for", () => {
  const { result, rerender } = show(rows("a", "b"));
  rerender({ list: "open", items: [{ id: "c" }, { id: "b", unread: true }, { id: "a" }] });
  expect(ids(result.current.items)).toBe("ab");
  expect(result.current.items[1]?.unread).toBe(true);
  expect(result.current.fresh).toBe(2);
  act(() => result.current.take());
  expect(ids(result.current.items)).toBe("cba");
  expect(result.current.fresh).toBe(0);
});

test("what is gone goes, and an empty list takes what comes", () => {
  const { result, rerender } = show(rows("a", "b"));
  rerender({ list: "open", items: rows("b") });
  expect(ids(result.current.items)).toBe("b");
  rerender({ list: "open", items: [] });
  rerender({ list: "open", items: rows("x", "y") });
  expect(ids(result.current.items)).toBe("xy");
});

test("another list is shown as it is", () => {
  const { result, rerender } = show(rows("a", "b"));
  rerender({ list: "done", items: rows("c", "a") });
  expect(ids(result.current.items)).toBe("ca");
});

test("one list that loads late is shown whole", () => {
  const { result, rerender } = show(undefined);
  rerender({ list: "open", items: rows("a", "b") });
  expect(ids(result.current.items)).toBe("ab");
  expect(result.current.fresh).toBe(0);
});
