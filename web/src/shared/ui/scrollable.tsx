// A part of a page that scrolls by itself: named, and reached with the keyboard.
import type { ComponentProps } from "react";

export function Scrollable({ label, ...props }: Omit<ComponentProps<"section">, "aria-label"> & { label: string }) {
  return <section tabIndex={0} aria-label={label} {...props} />;
}
