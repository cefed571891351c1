import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { arrowsScroll, Keyboard, listen, spell } from "./keyboard";

const key = (k: string, more: Partial<KeyboardEventInit> = {}) => ({
  key: k,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});
const free = { typing: false, modal: false };

test("keys have one spelling", () => {
  expect(spell(key("K", { metaKey: true }))).toBe("mod+k");
  expect(spell(key("J", { shiftKey: true }))).toBe("shift+j");
  expect(spell(key("?", { shiftKey: true }))).toBe("?");
  expect(spell(key("Enter", { shiftKey: true }))).toBe("shift+Enter");
});

test("a chord runs within its time, and its letters alone still work", () => {
  const k = new Keyboard();
  const leads = vi.fn();
  const plain = vi.fn();
  k.add(() => ({ "g l": leads, l: plain }));
  expect(k.press(key("g"), 0, free)).toBe(true);
  expect(k.press(key("l"), 500, free)).toBe(true);
  expect(leads).toHaveBeenCalledOnce();
  k.press(key("g"), 1000, free);
  k.press(key("l"), 5000, free);
  expect(plain).toHaveBeenCalledOnce();
});

test("arrows scroll the part of the page that has the focus itself, and nothing else is kept from the page", () => {
  const kept = (key: string, target: string) => {
    const stopPropagation = vi.fn();
    arrowsScroll({ key, target, currentTarget: "list", stopPropagation } as never);
    return stopPropagation.mock.calls.length > 0;
  };
  expect(kept("ArrowDown", "list")).toBe(true);
  expect(kept("ArrowDown", "card")).toBe(false);
  expect(kept("b", "list")).toBe(false);
});

test("the newest layer wins, and gives way when it is gone", () => {
  const k = new Keyboard();
  const seen: string[] = [];
  k.add(() => ({ j: () => seen.push("page") }));
  const off = k.add(() => ({ j: () => seen.push("grid") }));
  k.press(key("j"), 0, free);
  off();
  k.press(key("j"), 0, free);
  expect(seen).toEqual(["grid", "page"]);
});

test("while typing or in a dialog the palette opens; single letters can be off", () => {
  const k = new Keyboard();
  const run = vi.fn();
  k.add(() => ({ x: run, "mod+k": run, "?": run }));
  expect(k.press(key("x"), 0, { typing: true, modal: false })).toBe(false);
  expect(k.press(key("x"), 0, { typing: false, modal: true })).toBe(false);
  expect(k.press(key("k", { ctrlKey: true }), 0, { typing: true, modal: true })).toBe(true);
  k.singleKeys = false;
  expect(k.press(key("x"), 0, free)).toBe(false);
  expect(k.press(key("?"), 0, free)).toBe(true);
  expect(run).toHaveBeenCalledTimes(2);
});

test("browser keys with Alt are left alone", () => {
  const k = new Keyboard();
  k.add(() => ({ ArrowLeft: () => undefined }));
  expect(k.press(key("ArrowLeft", { altKey: true }), 0, free)).toBe(false);
});

test("a modified key that is held runs once, a plain one goes on", () => {
  const k = new Keyboard();
  const run = vi.fn();
  k.add(() => ({ j: run, "mod+s": run }));
  k.press(key("s", { ctrlKey: true }), 0, free);
  expect(k.press(key("s", { ctrlKey: true, repeat: true }), 40, free)).toBe(true);
  expect(run).toHaveBeenCalledOnce();
  k.press(key("j", { repeat: true }), 80, free);
  expect(run).toHaveBeenCalledTimes(2);
});

test("letters are no commands for a second after a text field lost focus, and each begins the second anew", () => {
  const k = new Keyboard();
  const done = vi.fn();
  k.add(() => ({ e: done, "g e": done, "mod+k": done, Escape: done }));
  k.leftText(1_000);
  for (const at of [1_200, 2_100, 3_000]) expect(k.press(key("e"), at, free)).toBe(false);
  expect(done).not.toHaveBeenCalled();
  expect(k.press(key("k", { ctrlKey: true }), 3_100, free)).toBe(true);
  expect(k.press(key("Escape"), 3_200, free)).toBe(true);
  expect(k.press(key("e"), 4_001, free)).toBe(true);
  expect(done).toHaveBeenCalledTimes(3);
});

let off: () => void;
const done = vi.fn();
beforeEach(() => {
  vi.useFakeTimers();
  done.mockClear();
  const k = new Keyboard();
  k.add(() => ({ e: done }));
  off = listen(k);
});
afterEach(() => {
  off();
  vi.useRealTimers();
  document.body.replaceChildren();
});
const written = () => {
  const field = document.body.appendChild(document.createElement("textarea"));
  field.focus();
  return field;
};
const hit = (k: string, more: KeyboardEventInit = {}) =>
  (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent("keydown", { key: k, bubbles: true, ...more }),
  );

test("a field that is taken away under the writer leaves the letters dead", () => {
  written().remove();
  hit("e");
  vi.advanceTimersByTime(900);
  hit("e");
  expect(done).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_001);
  hit("e");
  expect(done).toHaveBeenCalledOnce();
});

test("a field that lost focus leaves the letters dead", () => {
  written().blur();
  hit("e");
  expect(done).not.toHaveBeenCalled();
});

test.each(["Escape", "Tab"])("a field that was left with %s is left: the next letter is a command", (key) => {
  const field = written();
  hit(key);
  field.blur();
  hit("e");
  expect(done).toHaveBeenCalledOnce();
});

test("a text that was submitted with Ctrl and Enter is left: the next letter is a command", () => {
  const field = written();
  hit("Enter", { ctrlKey: true });
  field.blur();
  hit("e");
  expect(done).toHaveBeenCalledOnce();
});

test("a line break does not count as leaving", () => {
  const field = written();
  hit("Enter");
  field.blur();
  hit("e");
  expect(done).not.toHaveBeenCalled();
});

test("a letter that follows Ctrl and Enter in the field is text, and the field's loss leaves the letters dead", () => {
  const field = written();
  hit("Enter", { ctrlKey: true });
  hit("a");
  field.blur();
  hit("e");
  expect(done).not.toHaveBeenCalled();
});

test("a field that was left by a click elsewhere is left: the next letter is a command", () => {
  const field = written();
  document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }));
  field.blur();
  hit("e");
  expect(done).toHaveBeenCalledOnce();
});
