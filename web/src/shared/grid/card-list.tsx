// A window of cards over a long column: only those in sight are in the page.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { arrowsScroll } from "@/shared/lib/keyboard";

export interface CardListHandle {
  /** Brings a card into sight. */
  show: (index: number) => void;
  element: HTMLElement | null;
}

export function CardList({
  count,
  height,
  label,
  keyOf,
  card,
  onEnd,
  foot,
  handle,
}: {
  count: number;
  height: number;
  label: string;
  keyOf: (index: number) => string;
  card: (index: number) => ReactNode;
  /** The last cards are in sight. */
  onEnd: () => void;
  foot?: ReactNode;
  handle?: Ref<CardListHandle>;
}) {
  const body = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => body.current,
    estimateSize: () => height,
    getItemKey: keyOf,
    overscan: 2,
  });
  useImperativeHandle(handle, () => ({
    show: (index) => virtual.scrollToIndex(index),
    get element() {
      return body.current;
    },
  }));
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const isEnd = count > 0 && last >= count - 5;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each end that is reached
  useEffect(() => {
    if (isEnd) onEnd();
  }, [isEnd, count]);
  return (
    <section
      ref={body}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keyboard
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto -outline-offset-2"
      onKeyDown={arrowsScroll}
    >
      <ul aria-label={label} className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => (
          <li
            key={item.key}
            aria-setsize={count}
            aria-posinset={item.index + 1}
            className="absolute inset-x-0 top-0"
            style={{ height, transform: `translateY(${item.start}px)` }}
          >
            {card(item.index)}
          </li>
        ))}
      </ul>
      {foot}
    </section>
  );
}
