// Draws the toasts: the newest at the bottom, three at most. Their time stands still under the pointer and the focus.
import { Toast as Base } from "@base-ui/react/toast";
import { Check, CircleAlert, X } from "lucide-react";
import { useEffect } from "react";
import { Button, IconButton } from "./button";
import { drawToasts, forgetToast, type Toast, undoToast } from "./toast";

const manager = Base.createToastManager<Toast>();

/** A toast asks for nothing: it is read and left alone. */
const NO_DIALOG = { role: "group", "aria-modal": undefined };

export function ToastList() {
  // The effect of a parent runs last: by then the provider listens.
  useEffect(
    () =>
      drawToasts({
        show: (data) =>
          manager.add({ id: data.id, data, timeout: data.ms, title: data.text, onClose: () => forgetToast(data.id) }),
        close: manager.close,
      }),
    [],
  );
  return (
    <Base.Provider toastManager={manager}>
      <Base.Viewport
        aria-label="Latest actions"
        className="group pointer-events-none fixed right-4 bottom-4 z-60 flex max-w-[calc(100vw-32px)] flex-col items-end gap-2 max-sm:bottom-[82px]"
      >
        <Shown />
      </Base.Viewport>
    </Base.Provider>
  );
}

function Shown() {
  const { toasts, close } = Base.useToastManager<Toast>();
  return toasts.toReversed().map((item) => {
    const { data } = item;
    if (!data) return null;
    return (
      <Base.Root
        key={item.id}
        toast={item}
        {...NO_DIALOG}
        className="pointer-events-auto relative flex min-h-11 w-85 max-w-full items-center gap-2.5 overflow-hidden rounded-toast border border-line bg-raised py-1.5 pr-1.5 pl-3.5 shadow-float data-limited:hidden"
      >
        {data.tone === "done" ? (
          <Check size={16} aria-hidden="true" className="shrink-0 text-good" />
        ) : (
          <CircleAlert size={16} aria-hidden="true" className="shrink-0 text-bad" />
        )}
        <Base.Title render={<span />} className="min-w-0 flex-1 break-words" />
        {data.undo ? (
          <Button size="sm" hint="Z" onClick={() => void undoToast(data)}>
            Undo
          </Button>
        ) : null}
        <IconButton label="Dismiss" size="iconSm" onClick={() => close(item.id)}>
          <X size={14} />
        </IconButton>
        <span
          aria-hidden="true"
          className="absolute bottom-0 left-0 h-0.5 w-full origin-left bg-accent group-data-expanded:[animation-play-state:paused]"
          style={{ animation: `lf-bar ${data.ms}ms linear forwards` }}
        />
      </Base.Root>
    );
  });
}
