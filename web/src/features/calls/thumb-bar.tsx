// The bar below a lead of the queue on a phone: WhatsApp, call and next, by a tap or by a swipe right, up or left.
import { MessageCircle, Phone, SkipForward } from "lucide-react";
import { useState } from "react";
import { useSwipeable } from "react-swipeable";
import { CallAction } from "@/app/calls/phone-link";
import { useCall } from "@/app/calls/placing";
import { isCall } from "@/app/tasks/queries";
import { cx } from "@/shared/lib/cx";
import { type Direction, swipeOf } from "@/shared/lib/swipe";
import { Button, buttonStyle } from "@/shared/ui/button";
import type { QueueRow } from "./queries";

const WORDS: Record<Direction, string> = { right: "WhatsApp", up: "Call", left: "Next" };

export function ThumbBar({ row, onNext }: { row: QueueRow; onNext?: () => void }) {
  const [towards, setTowards] = useState<Direction>();
  const number = row.do_not_contact || row.possible_opt_out ? undefined : row.phone;
  const call = useCall();
  const whom = number
    ? { number, lead: row.lead_id, task: row.task && isCall(row.task) ? row.task.id : undefined }
    : undefined;
  const chat = number ? `https://wa.me/${number.replace(/\D/g, "")}` : undefined;
  const can: Record<Direction, boolean> = { right: !!chat, up: !!whom, left: !!onNext };
  const act = (direction: Direction) => {
    if (direction === "left") onNext?.();
    if (direction === "right" && chat) window.open(chat, "_blank", "noopener");
    if (direction === "up" && whom) call(whom);
  };
  const swiped = useSwipeable({
    onSwiping: (e) => setTowards(swipeOf(e.deltaX, e.deltaY, can)),
    onSwiped: (e) => {
      setTowards(undefined);
      const direction = swipeOf(e.deltaX, e.deltaY, can);
      if (direction) act(direction);
    },
  });
  return (
    <section
      {...swiped}
      aria-label="Quick actions"
      className="sticky bottom-0 z-10 touch-none border-t bg-surface px-4 pt-2 pb-[max(0.75rem,env(safe-area-inset-bottom))]"
    >
      <p className="pb-2 text-center text-meta text-ink-2" aria-live="polite">
        {towards ? `Let go: ${WORDS[towards]}` : "Swipe right for WhatsApp, up to call, left for the next lead"}
      </p>
      <div className="grid grid-cols-3 gap-2">
        {chat ? (
          <a href={chat} target="_blank" rel="noopener" className={cx(buttonStyle({}), "px-2")}>
            <MessageCircle size={15} className="shrink-0" aria-hidden="true" /> WhatsApp
          </a>
        ) : (
          <Button disabled>WhatsApp</Button>
        )}
        {whom ? (
          <CallAction {...whom} className={buttonStyle({ kind: "primary" })}>
            <Phone size={15} aria-hidden="true" /> Call
          </CallAction>
        ) : (
          <Button disabled>Call</Button>
        )}
        <Button icon={<SkipForward size={15} />} onClick={onNext} disabled={!onNext}>
          Next
        </Button>
      </div>
    </section>
  );
}
