// Why a message does not go out at its time: all sending is stopped, or its account is paused, switched off, removed or at
// its limit.
// No other account takes its place.
import { useQuery } from "@tanstack/react-query";
import { type AccountView, accountsQuery } from "@/app/accounts/queries";
import { type SendingState, settingsQuery } from "@/app/shell/queries";
import { type Instant, whenIn } from "@/shared/lib/format";

export interface Standing {
  sending?: SendingState;
  /** Nothing while they are not known. */
  accounts?: Pick<AccountView, "id" | "name" | "enabled" | "pause" | "today">[];
  /** The workspace's time zone, in which pauses end. */
  zone?: string;
}

/** Whether something that is due then waits for the end of the pause. Without a time, it is due now. */
const isWithin = (until: string | null | undefined, due?: Instant | null) =>
  !until || !due || Date.parse(String(due)) < Date.parse(until);

/** "all sending is stopped until Mon 09:00"; nothing where the message goes out at its time. */
export function waitOf(standing: Standing, account?: string | null, due?: Instant | null) {
  const own = account ? standing.accounts?.find(({ id }) => id === account) : undefined;
  const full = own?.today?.full_until;
  const limit =
    full && isWithin(full, due) ? `${own?.name} is at its limit until ${whenIn(standing.zone, full)}` : undefined;
  return stopOf(standing, account, due) ?? limit;
}

/** The same without the account's limit, which ends by itself. */
function stopOf({ sending, accounts, zone }: Standing, account?: string | null, due?: Instant | null) {
  const end = (until?: string | null) => (until ? ` until ${whenIn(zone, until)}` : "");
  if (sending && sending.state !== "running" && isWithin(sending.until, due))
    return `all sending is stopped${end(sending.until)}`;
  const own = account ? accounts?.find(({ id }) => id === account) : undefined;
  if (account && accounts && !own)
    return "the account that it leaves from was removed; cancel it to write from another";
  if (own && !own.enabled) return `${own.name} is switched off`;
  if (own?.pause && isWithin(own.pause.until, due)) return `${own.name} is paused${end(own.pause.until)}`;
  return undefined;
}

/** Why nothing of a campaign goes out, though it is active: also where each of its mailboxes is paused or off. */
export function waitOfCampaign(standing: Standing, campaign: { state: string; mailbox_ids: readonly string[] }) {
  if (campaign.state !== "active") return undefined;
  const all = stopOf(standing);
  if (all) return all;
  const known = campaign.mailbox_ids.filter((id) => standing.accounts?.some((one) => one.id === id));
  const waits = known.map((id) => stopOf(standing, id));
  if (!waits.length || waits.some((wait) => !wait)) return undefined;
  return waits.length === 1 ? waits[0] : "each of its mailboxes is paused or switched off";
}

export function useStanding(): Standing {
  const settings = useQuery(settingsQuery).data;
  const accounts = useQuery(accountsQuery).data?.items;
  return { sending: settings?.sending, accounts, zone: settings?.default_zone };
}
