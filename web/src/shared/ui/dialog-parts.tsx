// Loaded when first opened, see `dialog.tsx`: dialog in the middle, drawer at the side (a sheet on phones). Both keep focus and close on Esc.
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";
import { IconButton } from "./button";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  /** The contents are shown only once: neither Esc nor a click beside the dialog closes it. */
  onlyByButton?: boolean;
}

const backdrop =
  "fixed inset-0 z-40 bg-ink/20 transition-opacity duration-140 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0 dark:bg-canvas/60";

export function Dialog({
  open,
  onClose,
  title,
  description,
  children,
  footer,
  wide,
  onlyByButton = false,
}: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && !onlyByButton && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup
          className={cx(
            "fixed top-[8vh] left-1/2 z-50 flex max-h-[84vh] w-[calc(100vw-24px)] -translate-x-1/2 flex-col rounded-card border border-line bg-raised shadow-float outline-none transition-opacity duration-140 ease-ours data-[ending-style]:opacity-0 data-[starting-style]:opacity-0",
            wide ? "max-w-190" : "max-w-[480px]",
          )}
        >
          <div className="flex items-start gap-2 py-2 pt-4 pr-12 pl-5">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-title font-semibold">{title}</Base.Title>
              {description ? <Base.Description className="mt-0.5 text-ink-2">{description}</Base.Description> : null}
            </div>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-4">{children}</div>
          {footer ? <div className="flex flex-wrap items-center gap-2 border-t px-5 py-3">{footer}</div> : null}
          {onlyByButton ? null : (
            <Base.Close render={<IconButton label="Close" size="iconSm" className="absolute top-3 right-3" />}>
              <X size={16} />
            </Base.Close>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

export function Drawer({ open, onClose, title, description, children, footer }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup className="fixed top-0 right-0 bottom-0 z-50 flex w-100 max-w-full flex-col border-l border-line bg-surface shadow-drawer outline-none transition-transform duration-200 ease-ours data-[ending-style]:translate-x-full data-[starting-style]:translate-x-full max-sm:top-auto max-sm:left-0 max-sm:max-h-[88vh] max-sm:w-full max-sm:rounded-t-card max-sm:border-t max-sm:border-l-0 max-sm:data-[ending-style]:translate-x-0 max-sm:data-[ending-style]:translate-y-full max-sm:data-[starting-style]:translate-x-0 max-sm:data-[starting-style]:translate-y-full">
          <div className="flex items-start gap-2 py-2 pt-4 pr-12 pl-5">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-title font-semibold">{title}</Base.Title>
              {description ? <Base.Description className="text-ink-2">{description}</Base.Description> : null}
            </div>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5">{children}</div>
          {footer ? <div className="flex flex-wrap items-center gap-2 border-t px-5 py-3">{footer}</div> : null}
          <Base.Close render={<IconButton label="Close" size="iconSm" className="absolute top-3 right-3" />}>
            <X size={16} />
          </Base.Close>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
