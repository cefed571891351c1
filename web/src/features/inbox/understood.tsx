// What an inbound message was understood as: kind, intent and the sentence that it was read from; and how a user
// corrects it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import { when } from "@/shared/lib/format";
import { INTENT_WORDS, MEETING_WORDS, REPLY_WORDS } from "@/shared/lib/labels";
import { Badge, type Tone } from "@/shared/ui/badge";
import { IconButton } from "@/shared/ui/button";
import { Menu } from "@/shared/ui/menu";
import { toast, toastProblem } from "@/shared/ui/toast";
import type { MessageView } from "./queries";

type Understanding = Schema["Understanding"];

const TONE: Record<Schema["ReplyKind"], Tone> = {
  person: "plain",
  opt_out: "plain",
  possible_opt_out: "held",
  out_of_office: "held",
  auto_acknowledgement: "plain",
  bounce: "bad",
  complaint: "bad",
  left_company: "plain",
  challenge: "held",
  calendar: "plain",
  reaction: "plain",
};

/** The choices of a correction, the most frequent first. */
const CHOICES: { kind: Schema["ReplyKind"]; intent?: Schema["Intent"] }[] = [
  { kind: "person", intent: "interested" },
  { kind: "person", intent: "question" },
  { kind: "person", intent: "later" },
  { kind: "person", intent: "not_now" },
  { kind: "person", intent: "not_interested" },
  { kind: "person", intent: "referral" },
  { kind: "person", intent: "wrong_person" },
  { kind: "person", intent: "angry" },
  { kind: "person", intent: "neutral" },
  { kind: "opt_out" },
  { kind: "out_of_office" },
  { kind: "auto_acknowledgement" },
  { kind: "left_company" },
];

/** "Interested", "Out of office", "Meeting accepted": the one word that says what the message is. */
export function understoodWord({ kind, intent, meeting, reaction }: Understanding): string {
  if (meeting) return MEETING_WORDS[meeting.answer];
  if (reaction) return `${REPLY_WORDS.reaction} ${reaction}`;
  return kind === "person" && intent && intent !== "neutral" ? INTENT_WORDS[intent] : REPLY_WORDS[kind];
}

/** A badge; `quiet` leaves out what says nothing more than that somebody answered. */
export function UnderstoodBadge({ understood, quiet }: { understood: Understanding; quiet?: boolean }) {
  const word = understoodWord(understood);
  if (quiet && word === REPLY_WORDS.person) return null;
  const good = understood.intent === "interested";
  const from = understood.sentence ? `${BY[understood.by]} “${understood.sentence}”` : undefined;
  return (
    <span title={from} className="inline-flex min-w-0">
      <Badge tone={good ? "good" : TONE[understood.kind]}>{word}</Badge>
    </span>
  );
}

const BY: Record<Schema["DecidedBy"], string> = {
  rules: "Because they wrote",
  model: "Read by the model from",
  user: "Corrected by you or a colleague; first read from",
};

/** The line below a message's head: what it is, why, and the menu that corrects it. */
export function Understood({ message, understood }: { message: MessageView; understood: Understanding }) {
  const may = useMay("rep");
  const cache = useQueryClient();
  const correct = useMutation({
    mutationFn: (body: { kind: Schema["ReplyKind"]; intent?: Schema["Intent"] }) =>
      unwrap(
        client.PUT("/api/messages/{message_id}/understanding", {
          params: { path: { message_id: message.id } },
          body,
        }),
      ),
    onSettled: () => cache.invalidateQueries({ queryKey: ["inbox"] }),
  });
  const say = async (choice: (typeof CHOICES)[number]) => {
    try {
      await correct.mutateAsync(choice);
      const lifts = understood.kind === "opt_out" && choice.kind !== "opt_out";
      toast(
        lifts
          ? "Corrected. The address is still on the suppression list; lift it there if you may write again."
          : "Corrected",
      );
    } catch (error) {
      toastProblem("Could not correct it", error);
    }
  };
  const dates = [
    understood.meeting?.time ? when(understood.meeting.time) : undefined,
    understood.returns_on ? `back on ${understood.returns_on}` : undefined,
    understood.later_on ? `contact on ${understood.later_on}` : undefined,
    understood.other_contact ? `ask ${understood.other_contact}` : undefined,
  ].filter(Boolean);
  return (
    <div className="mt-1 flex min-h-6 flex-wrap items-center gap-x-2 text-meta text-ink-2" data-understood="">
      <UnderstoodBadge understood={understood} />
      {dates.length ? <span>{dates.join(", ")}</span> : null}
      {may ? (
        <Menu
          align="start"
          label="What is it?"
          trigger={
            <IconButton label="Correct what this message is">
              <Pencil size={13} />
            </IconButton>
          }
          items={CHOICES.map((choice) => ({
            label: choice.intent ? INTENT_WORDS[choice.intent] : REPLY_WORDS[choice.kind],
            run: () => void say(choice),
            disabled: choice.kind === understood.kind && (choice.intent ?? null) === (understood.intent ?? null),
          }))}
        />
      ) : null}
      {understood.sentence ? (
        <span className="min-w-0 [overflow-wrap:anywhere]" title={understood.rule}>
          {BY[understood.by]} “{understood.sentence}”
        </span>
      ) : null}
    </div>
  );
}

/** The key that opens the menu of the latest message. */
export function useCorrectCommand(name: string) {
  const may = useMay("rep");
  useCommands(
    may
      ? [
          {
            id: "thread-correct",
            title: `Correct what the message of ${name} is`,
            group: "This page",
            keys: "i",
            icon: Pencil,
            run: () => {
              const all = document.querySelectorAll<HTMLElement>("[data-understood] button");
              all[all.length - 1]?.click();
            },
          },
        ]
      : [],
  );
}
