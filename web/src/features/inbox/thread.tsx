// All messages of one lead's conversation, and the reply below them.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, ChevronLeft, CirclePause, Pencil, Undo2 } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { LIVE_MS } from "@/api/query";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import { Heat } from "@/app/parts/heat";
import { PossibleOptOut } from "@/app/parts/possible-opt-out";
import { Quote } from "@/app/parts/quote";
import { SentText } from "@/app/parts/sent-text";
import { useStanding, waitOf } from "@/app/pause/waits";
import { CancelPlanned, useHandedOverToast } from "@/app/timeline/cancel-message";
import { notArrived } from "@/app/timeline/format";
import { TimelineIcon } from "@/app/timeline/icon";
import { draftKeyOf, keptDraft } from "@/app/writing/kept-draft";
import { leadSendersQuery } from "@/app/writing/senders";
import { Composer } from "@/shared/editor/composer";
import { restoreDraft } from "@/shared/editor/drafts";
import { sendersOn } from "@/shared/editor/from-field";
import { cx } from "@/shared/lib/cx";
import { capital, phone, when } from "@/shared/lib/format";
import { CHANNEL_WORDS, END_WORDS } from "@/shared/lib/labels";
import { stageWord } from "@/shared/lib/stages";
import { Breakable } from "@/shared/ui/breakable";
import { Button, IconButton } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";
import { Scrollable } from "@/shared/ui/scrollable";
import { Fact, Facts } from "@/shared/ui/section";
import { ErrorState, LoadingRows } from "@/shared/ui/states";
import { StationIcon } from "@/shared/ui/timeline";
import { DraftNote, DraftProposal } from "./draft-proposal";
import { MailFrame } from "./mail-frame";
import { useMove } from "./move";
import { OtherAddress, useReplyTo } from "./other-address";
import { type MessageView, type ThreadView, threadQuery, useInboxMoves } from "./queries";
import { Understood, UnderstoodBadge, useCorrectCommand } from "./understood";

// Fetched once the user acts: most messages are read, not written.
const WritingHelp = later(() => import("@/app/writing/writing-help").then((p) => p.default));

const STOPS: Partial<Record<Schema["EndReason"], string>> = {
  replied: "Replied",
  opted_out: "Opted out",
  bounced: "Bounced",
  won: "Won",
  removed: "Removed",
  taken_over: "Taken over by hand",
};

/** The lead opted out, may have, or is on the suppression list. */
const SILENT = ["do_not_contact", "possible_opt_out", "address_suppressed"];

interface ThreadProps {
  lead: string;
  /** A message that was linked to the lead just now, and is being filed. */
  arrives?: string;
  onBack: () => void;
  onDone: () => void;
  /** Goes on to the next conversation; none if this is the only one. */
  onNext?: () => void;
}

/** Filing a linked message takes a moment; after this time the conversation is shown as it is. */
const FILED_WITHIN_MS = 20_000;

export function Thread({ lead, arrives, ...moves }: ThreadProps) {
  const [late, setLate] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another message has its own time
  useEffect(() => {
    setLate(false);
    const timer = setTimeout(() => setLate(true), FILED_WITHIN_MS);
    return () => clearTimeout(timer);
  }, [arrives]);
  const query = useQuery({
    ...threadQuery(lead),
    ...(arrives ? { retry: false } : {}),
    refetchInterval: ({ state }) => (isFiled(state.data, arrives) || late ? LIVE_MS : 1_000),
  });
  if (arrives && !late && !isFiled(query.data, arrives)) {
    return <LoadingRows rows={6} label="Filing the message" />;
  }
  if (query.data) return <Shown key={lead} thread={query.data} toReply={!!arrives} {...moves} />;
  if (query.error)
    return <ErrorState what="This conversation did not load" error={query.error} retry={() => query.refetch()} />;
  return <LoadingRows rows={6} label="Loading the conversation" />;
}

/** What a reply by e-mail quotes: the lead's latest answer, as the server decides it too. */
const isAnswer = ({ understood }: MessageView) =>
  ["person", "possible_opt_out", "calendar", "reaction"].includes(understood?.kind ?? "");

function Quoted({ message: m, name }: { message: MessageView; name: string }) {
  return (
    <details className="border-t px-3.5 py-1.5 text-meta text-ink-2">
      <summary className="min-h-6">
        Quotes the message of {name}, {when(m.created_at)}. Sent without footer and unsubscribe link.
      </summary>
      <blockquote className="mt-1 border-l-2 pl-2.5 whitespace-pre-wrap [overflow-wrap:anywhere]">{m.text}</blockquote>
    </details>
  );
}

const isFiled = (thread: ThreadView | undefined, arrives: string | undefined) =>
  !!thread && (!arrives || thread.messages.some((m) => m.id === arrives));

interface ShownProps extends Pick<ThreadProps, "onBack" | "onDone" | "onNext"> {
  thread: ThreadView;
  /** The user came here to reply. */
  toReply: boolean;
}

function Shown({ thread, toReply, onBack, onDone, onNext }: ShownProps) {
  const { lead, conversation, messages } = thread;
  const { answer, read } = useInboxMoves();
  const moves = useMove();
  const may = useMay("rep");
  const reply = useReplyTo(thread);
  const senders = useQuery({ ...leadSendersQuery(lead.id), enabled: may }).data?.channels;
  const sayHandedOver = useHandedOverToast();
  const draftKey = draftKeyOf(lead.id);
  const kept = useMemo(() => keptDraft(lead.id), [lead.id]);
  const open = conversation.folder === "open";
  // A reply moves the conversation to Done: the key for that goes on then, and does not reopen it.
  const [isAnswered, setAnswered] = useState(false);
  const isDone = !open && !isAnswered;
  const { unread, latest_answer } = conversation;
  // biome-ignore lint/correctness/useExhaustiveDependencies: opening it reads it
  useEffect(() => {
    if (may && unread > 0) read.mutate(conversation);
  }, [lead.id, unread, latest_answer]);
  const move = async (folder: "open" | "done") => {
    if ((await moves.move(conversation, folder)) && folder === "done") onDone();
  };
  const done = () => {
    if (isAnswered && !open) onDone();
    else void move(open ? "done" : "open");
  };
  useCommands(
    may
      ? [
          {
            id: "thread-done",
            title: isDone ? `Reopen ${lead.name}` : `Done with ${lead.name}`,
            group: "This page",
            keys: "e",
            icon: Check,
            run: done,
          },
          {
            id: "thread-reply",
            title: `Reply to ${lead.name}`,
            group: "This page",
            keys: "r",
            icon: Pencil,
            run: () => document.querySelector<HTMLElement>("[data-composer] [data-first]")?.focus(),
          },
        ]
      : [],
  );
  useCorrectCommand(lead.name);
  const sorted = [...messages].sort((a, b) => a.created_at.localeCompare(b.created_at));
  const latest = sorted.findLast((m) => m.direction === "in");
  const answered = sorted.findLast((m) => m.direction === "in" && m.channel === "email" && isAnswer(m));
  const stop = thread.stopped[0];
  const channels = thread.channels.filter((c) => c.open).map((c) => c.channel);
  const shut = thread.channels.find((c) => c.channel === conversation.channel && !c.open);
  const silent = thread.channels.find((c) => !c.open && SILENT.includes(c.closed_because ?? ""));
  const mailed = messages.some((m) => m.channel === "email" && m.subject);
  const quoted = answered ? <Quoted message={answered} name={lead.name} /> : undefined;
  const { draft } = thread;
  const [own, setOwn] = useState(false);
  const proposed = draft?.state === "waiting" && channels.includes(conversation.channel) ? draft : undefined;
  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <header className="flex min-h-row-two shrink-0 flex-wrap items-center gap-2 border-b px-6 py-2 max-lg:px-4">
          <IconButton label="Back to list" className="-ml-2 lg:hidden" onClick={onBack}>
            <ChevronLeft size={18} />
          </IconButton>
          <div className="min-w-0 flex-1">
            <h2 className="truncate text-title font-semibold">
              <Link to="/leads/$id" params={{ id: lead.id }} className="hover:underline">
                {lead.name}
              </Link>
            </h2>
            <p className="truncate text-meta text-ink-2">
              {lead.email ?? (lead.phone ? phone(lead.phone) : lead.whatsapp)}
            </p>
          </div>
          {conversation.understood ? <UnderstoodBadge understood={conversation.understood} /> : null}
          {may ? (
            <Button
              hint="E"
              busy={moves.isMoving}
              icon={isDone ? <Undo2 size={15} /> : <Check size={15} />}
              onClick={done}
            >
              {isDone ? "Reopen" : "Done"}
            </Button>
          ) : null}
        </header>
        <PossibleOptOut lead={lead.id} name={lead.name} hold={lead.possible_opt_out} />
        {stop ? (
          <p className="flex min-h-9 shrink-0 items-center gap-2.5 border-b bg-canvas px-6 py-1.5 max-lg:px-4">
            <CirclePause size={15} aria-hidden="true" className="shrink-0 text-ink-2" />
            {STOPS[stop.reason] ?? END_WORDS[stop.reason]}
            {stop.at ? ` ${when(stop.at)}` : ""}. {stop.campaign_name ?? "The campaign"} has stopped for this lead.
          </p>
        ) : null}
        <Scrollable label="Messages" className="min-h-0 flex-1 overflow-y-auto px-6 py-4 -outline-offset-2 max-lg:px-4">
          <ol className="max-w-190">
            {sorted.map((m) => (
              <MessageItem key={m.id} message={m} lead={lead} isLatest={m === latest} />
            ))}
            {may ? (
              <li className="relative grid grid-cols-[24px_minmax(0,1fr)] gap-x-3">
                <StationIcon tone="planned">
                  <Pencil size={12} />
                </StationIcon>
                <div data-composer="">
                  {channels.length && silent?.told ? (
                    <p className="mb-2 rounded-panel border bg-canvas px-3.5 py-2.5 text-ink-2">{silent.told}</p>
                  ) : null}
                  {channels.includes("email") ? <OtherAddress thread={thread} reply={reply} /> : null}
                  {draft ? <DraftNote draft={draft} latest={latest?.id} /> : null}
                  {proposed && own ? (
                    <p className="mb-2 text-meta text-ink-2">
                      A draft of an answer waits.{" "}
                      <Button size="sm" kind="quiet" onClick={() => setOwn(false)}>
                        Show the draft
                      </Button>
                    </p>
                  ) : null}
                  {proposed && !own ? (
                    <DraftProposal
                      key={proposed.made_at}
                      thread={thread}
                      draft={proposed}
                      to={reply.to}
                      senders={sendersOn(senders, conversation.channel)}
                      quoted={quoted}
                      onOwn={() => setOwn(true)}
                      onAnswered={setAnswered}
                      onNext={onNext}
                    />
                  ) : channels.length ? (
                    <Composer
                      draftKey={draftKey}
                      kept={kept}
                      autoFocus={toReply}
                      onNext={onNext}
                      quoted={quoted}
                      channels={channels}
                      senders={senders}
                      first={conversation.channel}
                      withSubject={!mailed}
                      help={(written, onChange) => (
                        <WritingHelp
                          written={written}
                          onChange={onChange}
                          answers={lead.id}
                          campaign={thread.campaign?.id}
                        />
                      )}
                      to={{ email: reply.to, sms: lead.phone, whatsapp: lead.whatsapp }}
                      onSend={async (written, at) => {
                        const sent = await answer.mutateAsync({ shown: conversation, written, at, to: reply.to });
                        setAnswered(true);
                        sayHandedOver(sent, !!at, "Reply", () => {
                          setAnswered(false);
                          return restoreDraft(draftKey, written);
                        });
                      }}
                    />
                  ) : (
                    <p className="rounded-panel border bg-canvas px-3.5 py-2.5 text-ink-2">
                      {(silent ?? shut)?.told ?? "No e-mail address or phone number to reply to."}
                    </p>
                  )}
                </div>
              </li>
            ) : null}
          </ol>
        </Scrollable>
      </div>
      <aside aria-label="The lead" className="w-[264px] shrink-0 overflow-y-auto border-l px-5 py-4 max-xl:hidden">
        <h2 className="font-semibold">{lead.name}</h2>
        <p className="mb-3 border-b pb-3 text-ink-2">{lead.company}</p>
        <Facts>
          <Fact label="Score">
            <Heat score={lead.score} temperature={lead.temperature} />
          </Fact>
          <Fact label="Stage">{stageWord(lead.status)}</Fact>
          {lead.phone ? <Fact label="Phone">{phone(lead.phone)}</Fact> : null}
          {lead.whatsapp && !lead.phone ? (
            <Fact label="WhatsApp id">
              <Breakable text={lead.whatsapp} />
            </Fact>
          ) : null}
          {lead.email ? (
            <Fact label="E-mail">
              <Breakable text={lead.email} />
            </Fact>
          ) : null}
          {lead.zone ? <Fact label="Time zone">{lead.zone}</Fact> : null}
        </Facts>
        <p className="mt-4">
          <Link to="/leads/$id" params={{ id: lead.id }} className="font-medium text-accent-ink hover:underline">
            Open lead
          </Link>
        </p>
      </aside>
    </div>
  );
}

/** The text of the lead's message, or its HTML version where it has one: at once for the latest, on request for others. */
function Contents({ message: m, isLatest }: { message: MessageView; isLatest: boolean }) {
  const [formatted, setFormatted] = useState(isLatest);
  const shown = formatted && m.html_url;
  return (
    <>
      {shown ? (
        <MailFrame url={shown} subject={m.subject} text={m.text} />
      ) : (
        <div className="mt-1.5 text-msg">
          <Quote text={m.text} quoted={m.quoted} />
        </div>
      )}
      {m.html_url ? (
        <Button size="sm" kind="quiet" className="mt-1" onClick={() => setFormatted(!formatted)}>
          {formatted ? "Show as text" : "Show formatted"}
        </Button>
      ) : null}
    </>
  );
}

/** "from ann@private.example", where that is not the lead's own address. */
const elsewhere = (which: "from" | "to", m: MessageView, own: string) =>
  m[which] && m[which].toLowerCase() !== own.toLowerCase() ? `${which} ${m[which]}` : undefined;

interface MessageItemProps {
  message: MessageView;
  lead: ThreadView["lead"];
  isLatest: boolean;
}

function MessageItem({ message: m, lead, isLatest }: MessageItemProps) {
  const inbound = m.direction === "in";
  const bad = m.state === "failed" || m.state === "bounced";
  const planned = m.state === "queued" ? m.planned_for : undefined;
  const wait = waitOf(useStanding(), m.account_id, planned);
  const tone = inbound ? "good" : bad ? "bad" : m.state === "uncertain" ? "uncertain" : planned ? "planned" : "past";
  const signs = [
    m.state === "bounced" || m.state === "failed" ? notArrived(m.state, m.failure) : undefined,
    m.state === "uncertain" ? "Delivery uncertain" : undefined,
    m.state === "queued" && wait
      ? `Waits: ${wait}`
      : planned
        ? `Scheduled for ${when(planned)}`
        : m.state === "queued"
          ? "Queued"
          : undefined,
    m.state === "cancelled" ? "Cancelled, not sent" : undefined,
    m.opens ? "Opened" : undefined,
    m.clicks ? "Link clicked" : undefined,
    m.channel === "email" && lead.email ? elsewhere(inbound ? "from" : "to", m, lead.email) : undefined,
  ].filter(Boolean);
  return (
    <li className="relative grid grid-cols-[24px_minmax(0,1fr)] gap-x-3 pb-4">
      <span aria-hidden="true" className="absolute top-6 bottom-0 left-3 border-l border-edge max-sm:left-4" />
      <StationIcon tone={tone}>
        <TimelineIcon name={inbound ? "reply" : m.channel} size={12} />
      </StationIcon>
      <div className="min-w-0 pt-0.5">
        <div className="flex items-baseline gap-2">
          <span className="font-medium">{inbound ? lead.name : "You"}</span>
          <span className="min-w-0 flex-1 truncate text-ink-2">
            {[
              m.step != null ? `Step ${m.step + 1}` : undefined,
              m.subject || (m.channel === "email" ? undefined : CHANNEL_WORDS[m.channel]),
            ]
              .filter(Boolean)
              .join(": ")}
          </span>
          <time dateTime={m.created_at} className="shrink-0 text-ink-2">
            {when(m.created_at)}
          </time>
        </div>
        {signs.length ? (
          <p className={cx("text-meta [overflow-wrap:anywhere]", bad ? "text-bad-ink" : "text-ink-3")}>
            {capital(signs.join(", "))}
          </p>
        ) : null}
        {planned ? <CancelPlanned message={m.id} who={m.subject || CHANNEL_WORDS[m.channel]} /> : null}
        {inbound ? (
          <>
            {m.understood ? <Understood message={m} understood={m.understood} /> : null}
            <Contents message={m} isLatest={isLatest} />
          </>
        ) : (
          <SentText text={m.text} />
        )}
      </div>
    </li>
  );
}
