// A note about the lead, being written.
import { keyCaps } from "@/app/commands/registry";
import { TextArea } from "@/shared/forms/field";
import { Button } from "@/shared/ui/button";

export function NoteForm({
  note,
  onChange,
  onSave,
  onLeave,
}: {
  note: string;
  onChange: (note: string) => void;
  onSave: (text: string) => void;
  onLeave: () => void;
}) {
  return (
    <form
      className="mb-5"
      onSubmit={(e) => {
        e.preventDefault();
        if (note.trim()) onSave(note.trim());
      }}
    >
      <TextArea
        aria-label="Note"
        rows={3}
        autoFocus
        value={note}
        onChange={(e) => onChange(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) e.currentTarget.form?.requestSubmit();
          if (e.key === "Escape" && !e.nativeEvent.isComposing) onLeave();
        }}
      />
      <div className="mt-2 flex gap-2">
        <Button kind="primary" type="submit" hint={keyCaps("mod+Enter").join(" ")} disabled={!note.trim()}>
          Add note
        </Button>
        <Button kind="quiet" onClick={onLeave}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
