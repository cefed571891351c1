// Says that unsaved changes were restored, and lets the user discard them.
import { when } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";

/** `file`: the draft was opened from this file. */
export function UnsavedBanner({ at, file, onDiscard }: { at?: number; file?: string; onDiscard: () => void }) {
  if (at === undefined) return null;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-control bg-warm-soft px-3 py-1.5 text-warm-ink"
    >
      <span className="min-w-0 flex-1 basis-55 [overflow-wrap:anywhere]">
        {file
          ? `Opened from ${file}. Nothing is saved yet.`
          : `Restored your unsaved changes from ${when(new Date(at).toISOString())}.`}
      </span>
      <Button size="sm" onClick={onDiscard}>
        Discard
      </Button>
    </div>
  );
}
