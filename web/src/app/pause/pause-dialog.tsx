// The dialog that asks until when to pause: until a user resumes, or until a time in the workspace's time zone.
import { type ReactNode, useState } from "react";
import { asProblem } from "@/api/errors";
import { useWorkspaceZone } from "@/app/shell/queries";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { morning } from "@/shared/lib/morning";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";

const two = (n: number) => String(n).padStart(2, "0");

/** The value format of the browser's date field. */
export const clockText = (d: Date) =>
  `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`;

export function PauseDialog({
  title,
  yes,
  busy,
  error,
  onPause,
  onClose,
  children,
}: {
  title: string;
  yes: string;
  busy: boolean;
  error: unknown;
  onPause: (until: string) => void;
  onClose: () => void;
  children?: ReactNode;
}) {
  const zone = useWorkspaceZone();
  const [until, setUntil] = useState(() => clockText(morning(7)));
  const problem = error ? asProblem(error) : undefined;
  const wrong = problem?.byField().until;
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button kind="primary" busy={busy} disabled={!until} onClick={() => onPause(until)}>
            {yes}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form
        className="space-y-3"
        onSubmit={(e) => {
          e.preventDefault();
          if (until) onPause(until);
        }}
      >
        {problem && !wrong ? <FormProblem problem={problem} /> : null}
        {children ? <p className="text-ink-2">{children}</p> : null}
        <Field label="Until" help={zone ? `Time zone: ${zone}. At most one year ahead.` : undefined} error={wrong}>
          <Input type="datetime-local" value={until} onChange={(e) => setUntil(e.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}
