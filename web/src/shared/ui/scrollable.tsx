// A part of a page with its own scrolling: named, and reachable by keyboard.
import type { ComponentProps } from "react";

export function Scrollable({ label, ...props }: Omit<ComponentProps<"section">, "aria-label"> & { label: string }) {
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled with the keyboard too
  return <section tabIndex={0} aria-label={label} {...props} />;
}
