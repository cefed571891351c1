// Recovery codes, which are shown once.
import { Button } from "@/shared/ui/button";
import { CopyButton } from "@/shared/ui/copy-button";
import { Dialog } from "@/shared/ui/dialog";

export function RecoveryCodesDialog({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  return (
    <Dialog
      open
      onlyByButton
      onClose={onClose}
      title="Your recovery codes"
      footer={
        <>
          <Button kind="primary" onClick={onClose}>
            I have saved them
          </Button>
          <CopyButton what="recovery codes" text={codes.join("\n")} />
        </>
      }
    >
      <p className="mb-3 text-ink-2">
        Keep them where you keep your passwords. Each signs you in once if you lose your phone. They are not shown
        again.
      </p>
      <ul className="grid gap-y-1 font-mono">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </Dialog>
  );
}
