// The confirmation before an action that cannot be undone. It stays open until the action is done, and shows an error.
import type { ReactNode } from "react";
import { asProblem } from "@/api/errors";
import { FormProblem } from "@/shared/forms/form-problem";
import { Button } from "./button";
import { Dialog } from "./dialog";

export function ConfirmDialog({
  title,
  yes,
  no = "Cancel",
  kind = "grave",
  busy,
  blocked,
  error,
  onYes,
  onClose,
  children,
}: {
  title: string;
  yes: string;
  no?: string;
  kind?: "primary" | "grave";
  busy: boolean;
  /** Another condition in the dialog has to be met first. */
  blocked?: boolean;
  error: unknown;
  onYes: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button kind={kind} busy={busy} disabled={blocked} onClick={onYes}>
            {yes}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {no}
          </Button>
        </>
      }
    >
      <div className="space-y-3">
        {error ? <FormProblem problem={asProblem(error)} /> : null}
        <div className="text-ink-2">{children}</div>
      </div>
    </Dialog>
  );
}
