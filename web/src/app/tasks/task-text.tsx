// The text of a task, to say or to paste, and the link to where it is done.

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { CallAction } from "@/app/calls/phone-link";
import { TimelineIcon } from "@/app/timeline/icon";
import { ReconcileUncertain } from "@/app/timeline/reconcile";
import { cx } from "@/shared/lib/cx";
import { phone } from "@/shared/lib/format";
import { Button, buttonStyle } from "@/shared/ui/button";
import { toast } from "@/shared/ui/toast";
import { isCall, type TaskOutcome, type TaskView } from "./queries";

/** Longer text is collapsed. */
const LONG = { signs: 320, lines: 5 };

/** The word for a link that opens an outside page; any other link is not a task's. */
export function linkWords(link: string): string | undefined {
  if (link.startsWith("tel:")) return `Call ${phone(link.slice(4))}`;
  if (link.startsWith("https://wa.me/")) return "Open WhatsApp";
  if (/^https:\/\/([\w-]+\.)*linkedin\.com\//.test(link)) return "Open LinkedIn";
  return link.startsWith("https://") ? "Open the link" : undefined;
}

export const isLong = (text: string) => text.length > LONG.signs || text.split("\n").length > LONG.lines;

/** Whether there is any text below a task's line. */
export const hasMore = (t: TaskView) => !!t.body || !!t.message_id || !!(t.link && linkWords(t.link));

export function TaskText({ task: t, onClose }: { task: TaskView; onClose: (outcome: TaskOutcome) => void }) {
  const [all, setAll] = useState(false);
  const [copied, setCopied] = useState(false);
  const [opened, setOpened] = useState(false);
  const of = `${t.title}, ${t.lead_name}`;
  const body = t.body ?? "";
  const long = isLong(body);
  const opens = t.link ? linkWords(t.link) : undefined;
  const tel = t.link?.startsWith("tel:") ? t.link.slice(4) : undefined;
  const chat = t.kind === "whatsapp" || t.kind === "linkedin";
  const copy = () => {
    const written = navigator.clipboard?.writeText(body) ?? Promise.reject();
    written.then(
      () => setCopied(true),
      () => toast("Your browser blocks copying. Select the text instead.", { tone: "problem" }),
    );
  };
  return (
    <div className="min-w-0 space-y-1.5">
      {body ? (
        <div className="max-w-[680px] rounded-panel border bg-canvas px-3.5 py-2 text-msg text-ink">
          <p className={cx("whitespace-pre-wrap [overflow-wrap:anywhere]", long && !all && "line-clamp-5")}>{body}</p>
        </div>
      ) : null}
      <div className="flex flex-wrap items-center gap-2">
        {tel ? (
          <CallAction
            number={tel}
            lead={t.lead_id}
            task={isCall(t) ? t.id : undefined}
            aria-label={`${opens}: ${of}`}
            className={buttonStyle({ size: "sm" })}
          >
            <TimelineIcon name="call" size={14} /> {opens}
          </CallAction>
        ) : opens ? (
          <a
            href={t.link ?? undefined}
            target="_blank"
            rel="noreferrer"
            aria-label={`${opens}: ${of}`}
            onClick={() => setOpened(true)}
            className={buttonStyle({ size: "sm" })}
          >
            <TimelineIcon name={t.kind === "whatsapp" || t.kind === "linkedin" ? t.kind : "call"} size={14} /> {opens}
          </a>
        ) : null}
        {opened && chat ? (
          <Button size="sm" kind="primary" aria-label={`Sent: ${of}`} onClick={() => onClose("done")}>
            Sent
          </Button>
        ) : null}
        {body ? (
          <Button
            size="sm"
            kind="quiet"
            icon={copied ? <Check size={14} /> : <Copy size={14} />}
            aria-label={`${copied ? "Copied" : "Copy text"}: ${of}`}
            onClick={copy}
          >
            {copied ? "Copied" : "Copy"}
          </Button>
        ) : null}
        {long ? (
          <Button
            size="sm"
            kind="quiet"
            aria-expanded={all}
            aria-label={`${all ? "Show less" : "Show all"} text: ${of}`}
            onClick={() => setAll(!all)}
          >
            {all ? "Show less" : "Show all"}
          </Button>
        ) : null}
        {t.message_id ? <ReconcileUncertain message={t.message_id} who={t.lead_name} /> : null}
      </div>
    </div>
  );
}
