import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useSearchText } from "./hooks";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const open = () => {
  const onSearch = vi.fn();
  const field = renderHook(({ q }) => useSearchText(q, onSearch), { initialProps: { q: "" } });
  const type = (text: string) => act(() => field.result.current.setText(text));
  return { ...field, onSearch, type, wait: () => act(() => vi.advanceTimersByTime(200)) };
};

test("what is typed while the address takes in the search before stays, and is asked for", () => {
  const { result, rerender, onSearch, type, wait } = open();
  type("elen");
  wait();
  type("noah");
  rerender({ q: "elen" });
  expect(result.current.text).toBe("noah");
  wait();
  expect(onSearch.mock.calls).toEqual([["elen"], ["noah"]]);
});

test("an address that was set elsewhere is shown in the field, also one that was asked for before", () => {
  const { result, rerender, onSearch, type, wait } = open();
  type("elen");
  wait();
  rerender({ q: "elen" });
  rerender({ q: "" });
  expect(result.current.text).toBe("");
  rerender({ q: "elen" });
  expect(result.current.text).toBe("elen");
  wait();
  expect(onSearch.mock.calls).toEqual([["elen"]]);
});

test("a search that is cleared is asked for at once", () => {
  const { result, rerender, onSearch, type, wait } = open();
  type("elen");
  wait();
  rerender({ q: "elen" });
  act(() => result.current.askNow(""));
  expect(onSearch.mock.calls).toEqual([["elen"], [""]]);
  rerender({ q: "" });
  wait();
  expect(onSearch).toHaveBeenCalledTimes(2);
});

test("an address that is emptied empties the field, though the field was cleared before anything was asked for", () => {
  const { result, rerender, type } = open();
  type("elen");
  act(() => result.current.askNow(""));
  rerender({ q: "clinic" });
  rerender({ q: "" });
  expect(result.current.text).toBe("");
});
