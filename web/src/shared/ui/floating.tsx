// What opens under a button; loaded after the page itself, see `menu.tsx`.
import { Menu as Base } from "@base-ui/react/menu";
import { Popover as BasePopover } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";
import { cx } from "@/shared/lib/cx";
import { Key } from "./key";

export interface MenuItem {
  label: string;
  run: () => void;
  icon?: ReactNode;
  hint?: string;
  danger?: boolean;
  disabled?: boolean;
}

const popup =
  "z-50 rounded-panel border border-line bg-raised shadow-float outline-none transition-opacity duration-140 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0";

export function Menu({
  trigger,
  items,
  align = "end",
  label,
  defaultOpen,
}: {
  trigger: ReactElement;
  items: MenuItem[];
  align?: "start" | "end";
  label?: string;
  defaultOpen?: boolean;
}) {
  return (
    <Base.Root defaultOpen={defaultOpen}>
      <Base.Trigger render={trigger} />
      <Base.Portal role="region" aria-label={label ?? "Menu"}>
        <Base.Positioner sideOffset={4} align={align} className="z-50">
          <Base.Popup aria-label={label} className={cx(popup, "min-w-44 p-1")}>
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

export function Popover({
  trigger,
  title,
  children,
  open,
  onOpenChange,
  defaultOpen,
  align = "end",
  className,
}: {
  trigger: ReactElement;
  title: string;
  children: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  defaultOpen?: boolean;
  align?: "start" | "center" | "end";
  className?: string;
}) {
  return (
    <BasePopover.Root open={open} defaultOpen={defaultOpen} onOpenChange={onOpenChange}>
      <BasePopover.Trigger render={trigger} />
      <BasePopover.Portal>
        <BasePopover.Positioner sideOffset={6} align={align} className="z-50 max-w-[calc(100vw-16px)]">
          <BasePopover.Popup className={cx(popup, "max-h-[70vh] overflow-y-auto", className)}>
            <BasePopover.Title className="sr-only">{title}</BasePopover.Title>
            {children}
          </BasePopover.Popup>
        </BasePopover.Positioner>
      </BasePopover.Portal>
    </BasePopover.Root>
  );
}
