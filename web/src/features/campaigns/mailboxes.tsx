// The accounts of a campaign in one line: its mailboxes, its number, and the way to change them.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { CampaignView } from "@/api/types";
import { plural } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";
import { senderChoicesQuery } from "./queries";

const ChangeSenders = later(() => import("./change-senders").then((m) => m.ChangeSenders));

/** The most names that are shown; the others are counted. */
const NAMED = 3;

/** The campaign's accounts, and where they are changed. */
export function CampaignSenders({ campaign: c, open }: { campaign: CampaignView; open: boolean }) {
  const [changing, setChanging] = useState(false);
  const senders = useQuery(senderChoicesQuery);
  const known = (id: string) => senders.data?.items.find((s) => s.id === id);
  const chosen = c.mailbox_ids.map(known);
  const gone = senders.data ? chosen.filter((m) => !m?.enabled).length : 0;
  const texting = [
    { by: "SMS", id: c.sms_sender_id },
    { by: "WhatsApp", id: c.whatsapp_sender_id },
  ].flatMap(({ by, id }) => (id ? [{ by, id, sender: known(id) }] : []));
  const named = chosen.filter((m) => m !== undefined).slice(0, NAMED);
  const others = chosen.length - named.length;
  return (
    <span>
      Sends from{" "}
      {named.map((m, i) => (
        <span key={m.id}>
          {i ? ", " : ""}
          <Link
            to="/settings/$section/$id"
            params={{ section: "mailboxes", id: m.id }}
            className="font-medium text-ink hover:underline"
          >
            {m.name}
          </Link>
        </span>
      ))}
      {others ? (
        <span className="text-ink">
          {named.length ? " and " : ""}
          {plural(others, named.length ? "other" : "mailbox", named.length ? "others" : "mailboxes")}
        </span>
      ) : null}
      {chosen.length ? null : <span className="text-ink">no mailbox</span>}
      {gone ? (
        <span className="text-bad-ink">, {chosen.length === 1 ? "which is" : `${gone} of them`} missing or off</span>
      ) : null}
      {texting.map(({ by, id, sender }) => (
        <span key={id}>
          , {by} from <span className="text-ink">{sender?.name ?? "a number"}</span>
          {senders.data && !sender?.enabled ? <span className="text-bad-ink">, which is missing or off</span> : null}
        </span>
      ))}{" "}
      {open ? (
        <Button kind="inline" onClick={() => setChanging(true)}>
          Change senders
        </Button>
      ) : null}
      {changing ? <ChangeSenders campaign={c} onClose={() => setChanging(false)} /> : null}
    </span>
  );
}
