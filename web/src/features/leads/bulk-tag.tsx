// A tag for the selected leads: added to all of them, or removed.
import { type FormEvent, useState } from "react";
import { Field, Input } from "@/shared/forms/field";
import { plural } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";

export function BulkTag({
  open,
  count,
  onClose,
  onTag,
}: {
  open: boolean;
  count: number;
  onClose: () => void;
  onTag: (tags: string[], on: boolean) => void;
}) {
  const [text, setText] = useState("");
  const tags = [...new Set(text.split(",").flatMap((tag) => tag.trim() || []))];
  const long = tags.find((tag) => tag.length > 60);
  const isFit = tags.length > 0 && !long;
  const say = (on: boolean) => {
    onTag(tags, on);
    setText("");
  };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (isFit) say(true);
  };
  const many = plural(count, "lead");
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Tag ${many}`}
      footer={
        <>
          <Button kind="primary" type="submit" form="bulk-tag" disabled={!isFit}>
            Tag {many}
          </Button>
          <Button disabled={!isFit} onClick={() => say(false)}>
            Remove from {many}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="bulk-tag" onSubmit={submit} noValidate>
        <Field
          label="Tag"
          help="Separate several with commas."
          error={long ? "A tag has at most 60 characters." : undefined}
        >
          <Input autoFocus value={text} maxLength={300} onChange={(e) => setText(e.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}
