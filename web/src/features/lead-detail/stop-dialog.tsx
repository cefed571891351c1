// Takes a lead over from its sequences: it cannot be undone, so it needs a confirmation.
import { plural } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";

export function StopDialog({
  open,
  onClose,
  name,
  campaigns,
  busy,
  onStop,
}: {
  open: boolean;
  onClose: () => void;
  name: string;
  campaigns: string[];
  busy: boolean;
  onStop: () => void;
}) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Stop sequences for ${name}?`}
      footer={
        <>
          <Button kind="grave" busy={busy} onClick={onStop}>
            Stop {plural(campaigns.length, "sequence")}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Keep running
          </Button>
        </>
      }
    >
      <p className="text-ink-2">
        {name} leaves {campaigns.join(", ")} for good. Nothing more is sent unless you message or enrol them again.
      </p>
    </Dialog>
  );
}
