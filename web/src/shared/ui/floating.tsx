// The part of a menu or popover that opens under a button; fetched after the page itself, see `menu.tsx`.
import { Menu as Base } from "@base-ui/react/menu";
import { Popover as BasePopover } from "@base-ui/react/popover";
import type { ReactNode, RefObject } from "react";
import { cx } from "@/shared/lib/cx";
import { Key } from "./key";
import type { MenuItem } from "./menu";

interface Opened {
  anchor: RefObject<HTMLButtonElement | null>;
  onOpenChange: (open: boolean) => void;
}

const popup =
  "z-50 rounded-panel border border-line bg-raised shadow-float outline-none transition-opacity duration-140 data-[starting-style]:opacity-0";

/** A press on the button itself closes by that button's own click. */
const closing =
  ({ anchor, onOpenChange }: Opened) =>
  (open: boolean, { event }: { event: Event }) => {
    if (event.target instanceof Node && anchor.current?.contains(event.target)) return;
    onOpenChange(open);
  };

export function MenuPopup({
  items,
  align,
  label,
  ...opened
}: Opened & { items: MenuItem[]; align: "start" | "end"; label?: string }) {
  return (
    <Base.Root open onOpenChange={closing(opened)}>
      <Base.Portal role="region" aria-label={label ?? "Menu"}>
        <Base.Positioner anchor={opened.anchor} sideOffset={4} align={align} className="z-50">
          <Base.Popup aria-label={label} finalFocus={opened.anchor} className={cx(popup, "min-w-44 p-1")}>
            {items.map((item) => (
              <Base.Item
                key={item.label}
                disabled={item.disabled}
                onClick={item.run}
                className={cx(
                  "flex h-8 cursor-default items-center gap-2 rounded-control px-2 outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken max-sm:h-11",
                  item.danger && "text-bad-ink",
                )}
              >
                {item.icon}
                <span className="flex-1">{item.label}</span>
                {item.hint ? <Key>{item.hint}</Key> : null}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function PopoverPopup({
  title,
  children,
  align,
  className,
  ...opened
}: Opened & { title: string; children: ReactNode; align: "start" | "center" | "end"; className?: string }) {
  return (
    <BasePopover.Root open onOpenChange={closing(opened)}>
      <BasePopover.Portal>
        <BasePopover.Positioner
          anchor={opened.anchor}
          sideOffset={6}
          align={align}
          className="z-50 max-w-[calc(100vw-16px)]"
        >
          <BasePopover.Popup
            finalFocus={opened.anchor}
            className={cx(popup, "max-h-[70vh] overflow-y-auto", className)}
          >
            <BasePopover.Title className="sr-only">{title}</BasePopover.Title>
            {children}
          </BasePopover.Popup>
        </BasePopover.Positioner>
      </BasePopover.Portal>
    </BasePopover.Root>
  );
}
