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
      title={`Remove ${name} from campaigns?`}
      footer={
        <>
          <Button kind="grave" busy={busy} onClick={onStop}>
            Remove from {plural(campaigns.length, "campaign")}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Keep
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
