// A menu of actions under a button, and a popover for small forms. The button is there at once; the rest is fetched
// later.
import { cloneElement, lazy, type ReactElement, type ReactNode, Suspense, useRef, useState } from "react";
import { whenAwake } from "@/shared/lib/awake";

export interface MenuItem {
  label: string;
  run: () => void;
  icon?: ReactNode;
  hint?: string;
  danger?: boolean;
  disabled?: boolean;
}

const load = () => import("./floating");
const LazyMenu = lazy(() => load().then((m) => ({ default: m.MenuPopup })));
const LazyPopover = lazy(() => load().then((m) => ({ default: m.PopoverPopup })));

/** The button stays the same element while code is fetched: it keeps its focus, and no click is lost. */
function useTrigger(
  trigger: ReactElement,
  open: boolean,
  role: "menu" | "dialog",
  onOpenChange: (open: boolean) => void,
) {
  const anchor = useRef<HTMLButtonElement>(null);
  const fetched = useRef(false);
  if (!fetched.current) {
    fetched.current = true;
    whenAwake(() => void load());
  }
  const button = cloneElement(trigger as ReactElement<Record<string, unknown>>, {
    ref: anchor,
    "aria-haspopup": role,
    "aria-expanded": open,
    onClick: () => onOpenChange(!open),
  });
  return { anchor, button };
}

export function Menu({
  trigger,
  items,
  align = "end",
  label,
}: {
  trigger: ReactElement;
  items: MenuItem[];
  align?: "start" | "end";
  label?: string;
}) {
  const [open, setOpen] = useState(false);
  const { anchor, button } = useTrigger(trigger, open, "menu", setOpen);
  return (
    <>
      {button}
      {open ? (
        <Suspense fallback={null}>
          <LazyMenu anchor={anchor} items={items} align={align} label={label} onOpenChange={setOpen} />
        </Suspense>
      ) : null}
    </>
  );
}

export function Popover({
  trigger,
  title,
  children,
  align = "end",
  className,
  ...control
}: {
  trigger: ReactElement;
  title: string;
  children: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: "start" | "center" | "end";
  className?: string;
}) {
  const [inner, setInner] = useState(false);
  const open = control.open ?? inner;
  const onOpenChange = control.onOpenChange ?? setInner;
  const { anchor, button } = useTrigger(trigger, open, "dialog", onOpenChange);
  return (
    <>
      {button}
      {open ? (
        <Suspense fallback={null}>
          <LazyPopover anchor={anchor} title={title} align={align} className={className} onOpenChange={onOpenChange}>
            {children}
          </LazyPopover>
        </Suspense>
      ) : null}
    </>
  );
}
