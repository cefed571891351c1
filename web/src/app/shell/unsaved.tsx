// Asks before the user leaves a page with unsaved changes.
import { useBlocker } from "@tanstack/react-router";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";

const always = () => true;

/** `onDiscard`: the changes are kept in the browser unless the user discards them. */
export function Unsaved({ dirty, what, onDiscard }: { dirty: boolean; what: string; onDiscard: () => void }) {
  const blocker = useBlocker({
    shouldBlockFn: always,
    disabled: !dirty,
    withResolver: true,
    enableBeforeUnload: false,
  });
  const stay = () => blocker.reset?.();
  const leave = () => blocker.proceed?.();
  return (
    <Dialog
      open={blocker.status === "blocked"}
      onClose={stay}
      title="Leave without saving?"
      footer={
        <>
          <Button kind="primary" onClick={stay}>
            Stay here
          </Button>
          <Button onClick={leave}>Leave without saving</Button>
          <Button
            kind="danger"
            onClick={() => {
              onDiscard();
              leave();
            }}
          >
            Discard changes
          </Button>
        </>
      }
    >
      <p className="text-ink-2">Your changes to {what} are not saved. This browser keeps them until you come back.</p>
    </Dialog>
  );
}
