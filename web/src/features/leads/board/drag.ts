// Dragging cards with the mouse or a finger. It is fetched once the page is quiet: keys and the button of each card do
// the same without it.

import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { autoScrollForElements } from "@atlaskit/pragmatic-drag-and-drop-auto-scroll/element";
import type { LeadStatus } from "@/api/types";

export function dragCard(element: HTMLElement, id: string, onDragging: (is: boolean) => void): () => void {
  return draggable({
    element,
    getInitialData: () => ({ card: id }),
    onDragStart: () => onDragging(true),
    onDrop: () => onDragging(false),
  });
}

export function dropColumn(
  element: HTMLElement,
  scroller: HTMLElement,
  stage: LeadStatus,
  on: { over: (is: boolean) => void; drop: (card: string) => void },
): () => void {
  return combine(
    autoScrollForElements({ element: scroller }),
    dropTargetForElements({
      element,
      getData: () => ({ stage }),
      canDrop: ({ source }) => typeof source.data.card === "string",
      onDragEnter: () => on.over(true),
      onDragLeave: () => on.over(false),
      onDrop: ({ source }) => {
        on.over(false);
        on.drop(String(source.data.card));
      },
    }),
  );
}
