// A link that is shown once, for the user to pass on.
import { Copy } from "lucide-react";
import { Field, Input } from "@/shared/forms/field";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toast } from "@/shared/ui/toast";

export interface ShownLink {
  title: string;
  note: string;
  link: string;
}

export function LinkDialog({ shown, onClose }: { shown: ShownLink; onClose: () => void }) {
  const copy = () =>
    navigator.clipboard.writeText(shown.link).then(
      () => toast("Link copied"),
      () => toast("Your browser blocks copying. Copy the link by hand.", { tone: "problem" }),
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={shown.title}
      footer={
        <>
          <Button kind="primary" icon={<Copy size={15} />} onClick={() => void copy()}>
            Copy link
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <p className="mb-3 text-ink-2">{shown.note}</p>
      <Field label="Link" help="Works once and is not shown again.">
        <Input readOnly value={shown.link} onFocus={(e) => e.target.select()} />
      </Field>
    </Dialog>
  );
}
