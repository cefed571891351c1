// A menu of actions under a button, and a popover for small forms. Their code comes after first paint.
import { type ComponentProps, lazy, Suspense } from "react";
import type { Menu as FullMenu, Popover as FullPopover } from "./floating";

export type { MenuItem } from "./floating";

const LazyMenu = lazy(() => import("./floating").then((m) => ({ default: m.Menu })));
const LazyPopover = lazy(() => import("./floating").then((m) => ({ default: m.Popover })));

export function Menu(props: ComponentProps<typeof FullMenu>) {
  return (
    <Suspense fallback={props.trigger}>
      <LazyMenu {...props} />
    </Suspense>
  );
}

export function Popover(props: ComponentProps<typeof FullPopover>) {
  return (
    <Suspense fallback={props.trigger}>
      <LazyPopover {...props} />
    </Suspense>
  );
}
