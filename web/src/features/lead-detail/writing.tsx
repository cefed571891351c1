// Writes to the lead, or adds a note: one line until it is used.

import { useQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useMemo, useState } from "react";
import type { Channel } from "@/api/types";
import { type HandedOver, useHandedOverToast } from "@/app/timeline/cancel-message";
import { draftKeyOf, keptDraft } from "@/app/writing/kept-draft";
import { leadSendersQuery } from "@/app/writing/senders";
import type { Written } from "@/shared/editor/composer";
import { restoreDraft } from "@/shared/editor/drafts";
import { CHANNEL_WORDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { Key } from "@/shared/ui/key";
import { later } from "@/shared/ui/later";
import { toastProblem } from "@/shared/ui/toast";
import { NoteForm } from "./note-form";
import { type LeadDetail, openChannelsQuery, silenceOf } from "./queries";

// Fetched once the user acts: most messages are read, not written.
const WritingHelp = later(() => import("@/app/writing/writing-help").then((p) => p.default));

const Composer = later(() => import("@/shared/editor/composer").then((m) => m.Composer));

export type Writing = "none" | "message" | "note";

export function WriteBox({
  lead,
  writing,
  onWriting,
  onSend,
  onNote,
}: {
  lead: LeadDetail;
  writing: Writing;
  onWriting: (w: Writing) => void;
  onSend: (w: Written, at?: string) => Promise<HandedOver>;
  onNote: (text: string) => Promise<unknown>;
}) {
  const [note, setNote] = useState("");
  const sayHandedOver = useHandedOverToast();
  const draftKey = draftKeyOf(lead.id);
  const kept = useMemo(() => keptDraft(lead.id), [lead.id]);
  const writes = writing === "message" && !!(lead.phone ?? lead.chat_user) && !lead.do_not_contact;
  const open = useQuery({ ...openChannelsQuery(lead.id), enabled: writes }).data ?? [];
  const may = (channel: Channel) => lead.channels?.find((c) => c.channel === channel)?.open ?? true;
  const channels: Channel[] = [
    ...(lead.email && may("email") ? ["email" as const] : []),
    ...(lead.phone && may("sms") ? ["sms" as const] : []),
    ...(open.includes("whatsapp") ? ["whatsapp" as const] : []),
  ];
  const senders = useQuery({ ...leadSendersQuery(lead.id), enabled: writing === "message" }).data?.channels;
  const silence = silenceOf(lead.channels);
  if (writing === "message" && channels.length && !lead.do_not_contact) {
    return (
      <div className="mb-5">
        <Composer
          draftKey={draftKey}
          kept={kept}
          channels={channels}
          senders={senders}
          withSubject
          help={(written, onChange) => <WritingHelp written={written} onChange={onChange} />}
          autoFocus
          onLeave={() => onWriting("none")}
          to={{ email: lead.email, sms: lead.phone, whatsapp: lead.phone ?? lead.chat_user }}
          note={
            <Button kind="quiet" onClick={() => onWriting("none")}>
              Close
            </Button>
          }
          onSend={async (w, at) => {
            const sent = await onSend(w, at);
            const restore = async () => {
              await restoreDraft(draftKey, w);
              onWriting("message");
            };
            sayHandedOver(sent, !!at, CHANNEL_WORDS[w.channel], restore);
            onWriting("none");
          }}
        />
      </div>
    );
  }
  if (writing === "note") {
    return (
      <NoteForm
        note={note}
        onChange={setNote}
        onLeave={() => onWriting("none")}
        onSave={(text) =>
          void onNote(text)
            .then(() => {
              setNote("");
              onWriting("none");
            })
            .catch((error) => toastProblem("Could not save the note", error))
        }
      />
    );
  }
  const first = lead.first_name || lead.name.split(" ")[0];
  return (
    <div className="mb-5 flex min-h-9 flex-wrap items-center gap-x-4 gap-y-1 rounded-panel border border-line bg-raised px-3 py-1">
      {lead.do_not_contact ? (
        <span className="flex-1 text-ink-2">This lead asked not to be contacted, so nothing is sent.</span>
      ) : channels.length === 0 && silence ? (
        <span className="flex-1 text-ink-2">{silence.told}</span>
      ) : channels.length === 0 ? (
        <span className="flex-1 text-ink-2">No e-mail address or phone number.</span>
      ) : (
        <Button
          kind="bare"
          onClick={() => onWriting("message")}
          className="flex min-h-7 flex-1 items-center gap-2 text-left text-ink-2"
        >
          <Pencil size={14} aria-hidden="true" /> Message {first}
        </Button>
      )}
      {channels.length && !lead.do_not_contact ? (
        <Button
          kind="bare"
          onClick={() => onWriting("message")}
          className="flex min-h-7 items-center gap-1.5 text-ink-2 hover:text-ink"
        >
          <Key>M</Key> message
        </Button>
      ) : null}
      <Button
        kind="bare"
        onClick={() => onWriting("note")}
        className="flex min-h-7 items-center gap-1.5 text-ink-2 hover:text-ink"
      >
        <Key>N</Key> note
      </Button>
    </div>
  );
}
