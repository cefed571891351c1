// Asks before a page is left on which something is not saved.
import { useBlocker } from "@tanstack/react-router";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";

const always = () => true;

export function Unsaved({ dirty, what }: { dirty: boolean; what: string }) {
  const blocker = useBlocker({ shouldBlockFn: always, disabled: !dirty, withResolver: true });
  const stay = () => blocker.reset?.();
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
          <Button kind="danger" onClick={() => blocker.proceed?.()}>
            Leave without saving
          </Button>
        </>
      }
    >
      <p className="text-ink-2">What you changed in {what} is not saved and would be lost.</p>
    </Dialog>
  );
}
