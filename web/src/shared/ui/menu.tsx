// A menu of actions under a button, and a popover for small forms. Their code comes after first paint.
import { type ComponentProps, cloneElement, lazy, type ReactElement, Suspense, useState } from "react";
import type { Menu as FullMenu, Popover as FullPopover } from "./floating";

export type { MenuItem } from "./floating";

const LazyMenu = lazy(() => import("./floating").then((m) => ({ default: m.Menu })));
const LazyPopover = lazy(() => import("./floating").then((m) => ({ default: m.Popover })));

/** What is clicked before that code is there opens as soon as it is. */
function waiting(trigger: ReactElement, open: () => void) {
  return cloneElement(trigger as ReactElement<{ onClick?: () => void }>, { onClick: open });
}

export function Menu(props: ComponentProps<typeof FullMenu>) {
  const [asked, setAsked] = useState(false);
  return (
    <Suspense fallback={waiting(props.trigger, () => setAsked(true))}>
      <LazyMenu {...props} defaultOpen={asked} />
    </Suspense>
  );
}

export function Popover(props: ComponentProps<typeof FullPopover>) {
  const [asked, setAsked] = useState(false);
  const open = () => (props.onOpenChange ? props.onOpenChange(true) : setAsked(true));
  return (
    <Suspense fallback={waiting(props.trigger, open)}>
      <LazyPopover {...props} defaultOpen={asked} />
    </Suspense>
  );
}
