// What a campaign lacks before its launch, each with the place where it is added, and when its first message goes out.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { asProblem } from "@/api/errors";
import type { Channel } from "@/api/types";
import { accountsQuery, sendersIn } from "@/app/accounts/queries";
import { useMay } from "@/app/auth/use-may";
import { firstMessageWords, type LaunchCheck } from "@/app/launch/first-message";
import { capital } from "@/shared/lib/format";
import { channelOf } from "@/shared/lib/senders";

/** The section of the settings in which the account of a campaign's field is connected. */
const PLACES: Record<string, { channel: Channel; section: string; action: string }> = {
  mailbox_ids: { channel: "email", section: "mailboxes", action: "Connect a mailbox" },
  sms_sender_id: { channel: "sms", section: "numbers", action: "Connect a number" },
  whatsapp_sender_id: { channel: "whatsapp", section: "numbers", action: "Connect a WhatsApp number" },
};

/** `faults`: without that of the postal address, which is asked for in place. */
export function LaunchFaults({ faults }: { faults: LaunchCheck["faults"] }) {
  if (!faults.length) return null;
  return (
    <div className="mb-3 rounded-panel border bg-warm-soft px-3.5 py-3 text-ink">
      <p className="font-medium">It cannot be launched yet.</p>
      <ul aria-label="Missing for the launch">
        {faults.map(({ field, detail }) => (
          <li key={`${field}${detail}`}>
            {capital(detail)} <Mend field={field} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The place where the fault is mended. */
function Mend({ field }: { field: string }) {
  const connects = useMay("admin");
  const accounts = useQuery(accountsQuery).data?.items ?? [];
  const place = PLACES[field];
  const to = (section: string, action: string) => (
    <Link to="/settings/$section" params={{ section }} className="font-medium underline">
      {action}
    </Link>
  );
  if (field.startsWith("company.")) return to("company", "Company settings");
  if (!place) return null;
  if (sendersIn(accounts).some((a) => channelOf(a.kind) === place.channel))
    return <>It is chosen at the top of this page.</>;
  return connects ? to(place.section, place.action) : <>Ask an admin to connect one.</>;
}

/** When the first message goes out. */
export function FirstMessageLine({
  check,
  error,
  wait,
}: {
  check?: LaunchCheck;
  error: unknown;
  /** Why nothing goes out for now. */
  wait?: string;
}) {
  if (error) return <p>Could not look up when the first message goes out: {asProblem(error).detail}</p>;
  if (!check) return <p>Looking up when the first message goes out…</p>;
  if (check.faults.length) return null;
  if (!check.first && !check.looked_at) return null;
  return (
    <p className="font-medium text-ink">
      {firstMessageWords(check.first, wait)}.{check.more ? " One of the other leads may get theirs sooner." : ""}
    </p>
  );
}
