// The reasons why a lead is lost, chosen by click or by number.
import { useEffect } from "react";
import { isTyping } from "@/shared/lib/keyboard";
import { useStages } from "@/shared/lib/stages";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Key } from "@/shared/ui/key";
import type { LostQuestion } from "./lost-reason";

export function LostDialog({ question: { whom, answer } }: { question: LostQuestion }) {
  const { lost_reasons } = useStages();
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      // A digit that is typed into the palette above this dialog is text.
      if (e.altKey || e.ctrlKey || e.metaKey || isTyping(e.target)) return;
      const reason = /^[1-9]$/.test(e.key) ? lost_reasons[Number(e.key) - 1] : undefined;
      if (!reason) return;
      e.preventDefault();
      answer(reason.id);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [lost_reasons, answer]);
  return (
    <Dialog
      open
      onClose={() => answer(undefined)}
      title={`Why is ${whom} lost?`}
      footer={
        <Button kind="quiet" onClick={() => answer(undefined)}>
          Cancel
        </Button>
      }
    >
      <ul aria-label="Lost reasons" className="space-y-1">
        {lost_reasons.map((reason, i) => (
          <li key={reason.id}>
            <Button className="w-full justify-start" onClick={() => answer(reason.id)}>
              {i < 9 ? <Key>{String(i + 1)}</Key> : null} {reason.name}
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
