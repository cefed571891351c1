// Sends a test mail, as a lead would get it, to one of our own mailboxes.

import { Send } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { Button } from "@/shared/ui/button";
import { TestDialog } from "./test-dialog";

export interface Words {
  subject: string;
  body: string;
}

export function TestSend({ of, words }: { /** `step 2`, for the button's name. */ of: string; words: Words }) {
  const may = useMay("rep");
  const [open, setOpen] = useState(false);
  if (!may) return null;
  return (
    <>
      <Button
        size="sm"
        kind="quiet"
        icon={<Send size={14} />}
        aria-label={`Send a test of ${of}`}
        disabled={!words.body.trim()}
        onClick={() => setOpen(true)}
      >
        Send a test
      </Button>
      {open ? <TestDialog of={of} words={words} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
