import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { Keyboard, listen, OVER_DIALOGS, spell, WHILE_TYPING } from "./keyboard";

/** The source of each page and part, in which its keys stand. */
const SOURCES = import.meta.glob<string>(["/src/**/*.tsx", "/src/**/*.ts", "!/src/**/*.test.*"], {
  query: "?raw",
  import: "default",
  eager: true,
});

/** The keys that commands and handlers name in the source. */
function keysInSource(): string[] {
  const found = new Set<string>();
  for (const text of Object.values(SOURCES)) {
    for (const [, named] of text.matchAll(/\bkeys: "([^"]+)"/g)) found.add(named ?? "");
    for (const [, handlers] of text.matchAll(/\buseKeys\(\s*\{([\s\S]*?)\n? *\}(?:,[^)]*)?\);/g)) {
      for (const [, quoted, bare] of (handlers ?? "").matchAll(/(?:^|[\n{,]) *(?:"([^"]+)"|(\w+)): \(/g)) {
        found.add(quoted ?? bare ?? "");
      }
    }
  }
  return [...found];
}

/** Every key that can be spelled: no page has one that is not among these. */
const TYPED = [..."abcdefghijklmnopqrstuvwxyz0123456789#/?[],.;'-=`* "];
const NAMED = ["Enter", "Escape", "Delete", "Backspace", "Home", "End", "Tab", "F2"];
const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
const PRESSES = [...TYPED, ...NAMED, ...ARROWS].flatMap((key) =>
  [false, true].flatMap((ctrlKey) =>
    [false, true].map((shiftKey) => ({ key, ctrlKey, shiftKey, metaKey: false, altKey: false })),
  ),
);

const keys = new Keyboard();
const ran: string[] = [];
let unheard: () => void;
beforeAll(() => {
  const all = [...new Set([...PRESSES.map(spell), ...keysInSource()])];
  const handlers = Object.fromEntries(all.map((key) => [key, () => void ran.push(key)]));
  keys.add(() => handlers);
  unheard = listen(keys);
  vi.useFakeTimers();
});
afterAll(() => {
  unheard();
  vi.useRealTimers();
});
afterEach(() => {
  document.body.replaceChildren();
  ran.length = 0;
});

/** Presses every key in the element that the marked one is, and returns what the page did. */
function pressed(html: string): string[] {
  document.body.innerHTML = html;
  const target = document.querySelector<HTMLElement>("[data-here]") as HTMLElement;
  target.focus();
  for (const press of PRESSES) {
    target.dispatchEvent(new KeyboardEvent("keydown", { ...press, bubbles: true, cancelable: true }));
  }
  return [...new Set(ran)].sort();
}

test("the keys of the pages are found in their source", () => {
  const found = keysInSource();
  for (const known of ["mod+a", "mod+k", "mod+s", "mod+Enter", "#", "j", "shift+j", "Escape", "x", "e"])
    expect(found).toContain(known);
  const spelled = new Set(PRESSES.map(spell));
  const single = found.filter((key) => !key.includes(" "));
  expect(single.filter((key) => !spelled.has(key))).toEqual([]);
});

test.each([
  ["a search field", '<input data-here type="search">'],
  ["a field of another kind", '<input data-here type="date">'],
  ["a text area", "<textarea data-here></textarea>"],
  ["a choice", "<select data-here></select>"],
  ["an editor", '<div data-here tabindex="0" contenteditable="true"></div>'],
  ["an editor without a value", '<div data-here tabindex="0" contenteditable></div>'],
  ["a part of an editor", '<div contenteditable="plaintext-only"><b data-here tabindex="0">x</b></div>'],
  ["an element with the role of a text field", '<div data-here tabindex="0" role="textbox"></div>'],
])("a key pressed in %s does nothing to the page, save those that submit, save or open the palette", (_, html) => {
  expect(pressed(html)).toEqual([...WHILE_TYPING].sort());
});

test.each([
  ["a button of a dialog", '<div role="dialog" data-open><button data-here>Save</button></div>'],
  ["a field of a dialog", '<div role="dialog" data-open><input data-here></div>'],
  ["an editor in a dialog", '<div role="dialog" data-open><div data-here tabindex="0" contenteditable></div></div>'],
  ["a question", '<div role="alertdialog" data-open><button data-here>Delete</button></div>'],
  ["a menu", '<div role="menu" data-open><div data-here tabindex="0">x</div></div>'],
  ["the page behind a dialog", '<div role="dialog" data-open></div><div data-here tabindex="0"></div>'],
])("a key pressed in %s does nothing to the page, save the one that opens the palette", (_, html) => {
  expect(pressed(html)).toEqual([...OVER_DIALOGS].sort());
});

test("only the registry listens to the keys of the whole window", () => {
  const listens = Object.entries(SOURCES)
    .filter(([, text]) => /addEventListener\(\s*"key(down|up|press)"/.test(text))
    .map(([path]) => path);
  // The second asks for a digit, and leaves those that are typed.
  expect(listens.sort()).toEqual(["/src/app/stages/lost-dialog.tsx", "/src/shared/lib/keyboard.ts"]);
});
