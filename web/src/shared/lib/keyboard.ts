// Keyboard shortcuts: chords such as `g l`, modifiers such as `mod+k`. While the user types, or in a dialog, only those that
// are meant for it.
import { type KeyboardEvent as ReactKeyboardEvent, useEffect } from "react";
import { useLatest } from "./hooks";

export interface KeyEventLike {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  repeat?: boolean;
}

/** The single spelling of a pressed key: `mod+k`, `shift+j`, `?`, `Enter`. */
export function spell(e: KeyEventLike): string {
  const mod = e.ctrlKey || e.metaKey;
  const letter = e.key.length === 1 && /[a-z]/i.test(e.key);
  const key = letter ? e.key.toLowerCase() : e.key;
  const shift = e.shiftKey && (letter || e.key.length > 1);
  return `${mod ? "mod+" : ""}${shift ? "shift+" : ""}${key}`;
}

export type Handlers = Record<string, () => void>;

/**
 * The keys that are meant for a user who types: the palette, and those that save or submit what is written. Every other key
 * belongs to the text; Ctrl+A selects its words.
 */
export const WHILE_TYPING: ReadonlySet<string> = new Set(["mod+k", "mod+Enter", "mod+s"]);
/** The key that opens the palette over a dialog; the page below hears no other. */
export const OVER_DIALOGS: ReadonlySet<string> = new Set(["mod+k"]);

const CHORD_MS = 1_200;
/** A user who was typing a moment ago may not have noticed that the text field is gone. */
export const QUIET_MS = 1_000;

/** Layers of handlers; the newest one that knows a key gets it. */
export class Keyboard {
  private layers: { get: () => Handlers }[] = [];
  private prefix = "";
  private prefixAt = 0;
  private quietUntil = Number.NEGATIVE_INFINITY;
  singleKeys = true;

  add(get: () => Handlers): () => void {
    const layer = { get };
    this.layers.push(layer);
    return () => {
      this.layers = this.layers.filter((l) => l !== layer);
    };
  }

  /**
   * A text field lost focus: for a second, plain characters count as typing, not as commands; each one restarts the
   * second.
   */
  leftText(now: number) {
    this.quietUntil = now + QUIET_MS;
  }

  /** Forgets a chord that was begun and a text field that was left. */
  forget() {
    this.prefix = "";
    this.quietUntil = Number.NEGATIVE_INFINITY;
  }

  /** Runs the command of a key, with a modifier only once however long it is held; true if there was one. */
  press(e: KeyEventLike, now: number, context: { typing: boolean; modal: boolean }): boolean {
    if (e.altKey || ["Shift", "Control", "Meta", "Alt"].includes(e.key)) return false;
    const key = spell(e);
    const mod = key.startsWith("mod+");
    if (context.modal && !OVER_DIALOGS.has(key)) return false;
    if (context.typing && !WHILE_TYPING.has(key)) return false;
    if (!mod && now < this.quietUntil && (e.key.length === 1 || e.key === "Enter")) {
      this.leftText(now);
      this.prefix = "";
      return false;
    }
    if (!mod && key.replace("shift+", "").length === 1 && !this.singleKeys && key !== "?") return false;
    const chord = this.prefix && now - this.prefixAt < CHORD_MS ? `${this.prefix} ${key}` : "";
    this.prefix = "";
    for (const wanted of chord ? [chord, key] : [key]) {
      for (let i = this.layers.length - 1; i >= 0; i--) {
        const run = this.layers[i]?.get()[wanted];
        if (run) {
          // A number chooses: held down, it would choose for whatever comes next as well.
          if (!(e.repeat && (mod || /^\d$/.test(key)))) run();
          return true;
        }
      }
    }
    const starts = this.layers.some((l) => Object.keys(l.get()).some((k) => k.startsWith(`${key} `)));
    if (starts) {
      this.prefix = key;
      this.prefixAt = now;
      return true;
    }
    return false;
  }
}

export const keyboard = new Keyboard();

const TEXT_FIELDS = [
  "input:not([type=checkbox]):not([type=radio])",
  "textarea",
  "select",
  "[contenteditable]:not([contenteditable=false])",
  "[role=textbox]",
].join(", ");

export function isTyping(target: EventTarget | null): boolean {
  const el = target as HTMLElement | null;
  if (!el?.closest) return false;
  return !!el.closest(TEXT_FIELDS);
}

/** Enter and Space on a focused control are the control's own. */
function ownKey(e: KeyboardEvent): boolean {
  if ((e.key !== "Enter" && e.key !== " ") || e.ctrlKey || e.metaKey) return false;
  const el = e.target as HTMLElement | null;
  return !!el?.closest?.("button, a[href], summary, [role=menuitem], [role=option], input");
}

export function listen(keys: Keyboard = keyboard): () => void {
  /** The text field with the focus, and whether the user left it on purpose. */
  let field: EventTarget | null = null;
  let chosen = false;
  const left = () => {
    if (field && !chosen) keys.leftText(Date.now());
    field = null;
  };
  const onIn = (e: FocusEvent) => {
    field = isTyping(e.target) ? e.target : null;
    chosen = false;
  };
  // A field that is removed from the page does not always fire an event: the next key finds out.
  const stillThere = () => field === document.activeElement;
  const onKey = (e: KeyboardEvent) => {
    if (field && !stillThere()) left();
    if (e.defaultPrevented || ownKey(e)) return;
    const modal = !!document.querySelector(
      "[role=dialog][data-open], [role=menu][data-open], [role=alertdialog][data-open]",
    );
    if (keys.press(e, Date.now(), { typing: isTyping(e.target), modal })) e.preventDefault();
  };
  /** A line break is text; with a modifier, Enter sends or saves it. */
  const submits = (e: KeyboardEvent) =>
    e.key === "Enter" && (e.ctrlKey || e.metaKey || !(e.target as HTMLElement).matches("textarea"));
  // This runs before any reaction of the page to the key, such as closing the field's dialog.
  const early = (e: KeyboardEvent) => {
    if (field && stillThere()) chosen = e.key === "Escape" || e.key === "Tab" || submits(e);
  };
  /** A user who clicks outside the field has noticed that they leave it. */
  const onPress = (e: Event) => {
    if (field && stillThere()) chosen = !(field as Node).contains(e.target as Node);
  };
  addEventListener("keydown", early, true);
  addEventListener("pointerdown", onPress, true);
  addEventListener("keydown", onKey);
  addEventListener("focusin", onIn);
  addEventListener("focusout", left);
  return () => {
    removeEventListener("keydown", early, true);
    removeEventListener("pointerdown", onPress, true);
    removeEventListener("keydown", onKey);
    removeEventListener("focusin", onIn);
    removeEventListener("focusout", left);
    keys.forget();
  };
}

/** Leaves the arrows to a part of the page that has the focus itself: they scroll it, and are no shortcuts. */
export const arrowsScroll = (e: ReactKeyboardEvent) => {
  if (e.target === e.currentTarget && e.key.startsWith("Arrow")) e.stopPropagation();
};

export function useKeys(handlers: Handlers, on = true) {
  const latest = useLatest(handlers);
  useEffect(() => (on ? keyboard.add(() => latest.current) : undefined), [on, latest]);
}
