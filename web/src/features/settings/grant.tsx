// The grant of a mailbox at Google or Microsoft: its state, and the buttons that connect and disconnect it.
import { Link2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { useIdentity } from "@/app/auth/use-session";
import { yourTime } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type AccountView, useConnect, useDisconnect } from "./queries";

/** An admin may connect, pause and resume any account, everyone else the mailbox at their own address. */
export function useMayMove(c: AccountView | undefined): boolean {
  const [admin, rep] = [useMay("admin"), useMay("rep")];
  const own = useIdentity()?.user.email;
  const address = c && "from_address" in c.settings ? c.settings.from_address : undefined;
  return admin || (rep && !!own && own === address);
}

/** "Connected since Tue 09:10 as maya@…", or what is missing. */
export function grantLine(c: AccountView, now?: Date): string | undefined {
  const grant = c.grant;
  if (!grant) return undefined;
  const address = "from_address" in c.settings ? c.settings.from_address : "its address";
  if (grant.state === "not_connected") return `Not connected to ${address} yet: nothing is sent or read.`;
  const since = grant.connected_at ? yourTime(grant.connected_at, undefined, now) : "";
  if (grant.state === "lost") {
    const lost = c.last_error ? ` Lost ${yourTime(c.last_error.at, undefined, now)}.` : "";
    return `Was connected as ${address} since ${since}.${lost} Nothing is sent or read until it is connected again.`;
  }
  const ends = grant.ends_at ? ` The provider ends the access ${yourTime(grant.ends_at, undefined, now)}.` : "";
  return `Connected as ${address} since ${since}.${ends}`;
}

/** The mailbox waits for its owner to allow the access, for the first time or again. */
export const isUnconnected = (c: AccountView) => !!c.grant && c.grant.state !== "connected";

/** "Replies last read today 10:38.", or why they are not; nothing if leadflow does not read the mailbox. */
export function readingLine(c: AccountView, now?: Date): string | undefined {
  if (!c.reading || !c.enabled || isUnconnected(c)) return undefined;
  const { failure: latest, last_read_at } = c.reading;
  // A failure from before the mailbox was connected says nothing any more.
  const isOld = latest && c.grant?.connected_at && Date.parse(latest.since) < Date.parse(c.grant.connected_at);
  const failure = isOld ? undefined : latest;
  const last = last_read_at ? `Replies last read ${yourTime(last_read_at, undefined, now)}.` : "Replies not read yet.";
  return failure ? `${last} Reading fails since ${yourTime(failure.since, undefined, now)}: ${failure.detail}.` : last;
}

export function ConnectButton({ account: c, primary }: { account: AccountView; primary?: boolean }) {
  const connect = useConnect();
  const may = useMayMove(c);
  if (!c.grant || c.grant.state === "connected" || !may) return null;
  return (
    <Button
      size="sm"
      kind={primary ? "primary" : undefined}
      icon={<Link2 size={14} />}
      busy={connect.isPending}
      onClick={() => connect.mutate(c.id, { onError: (e) => toastProblem(`Could not connect ${c.name}`, e) })}
    >
      {c.grant.state === "lost" ? "Connect again" : "Connect"}
    </Button>
  );
}

/** The state of the grant, with what can be done about it; `children` are buttons beside these. */
export function GrantLine({ account: c, children }: { account: AccountView; children?: ReactNode }) {
  const disconnect = useDisconnect();
  const [asked, setAsked] = useState(false);
  const may = useMayMove(c);
  if (!c.grant) return <p className="flex flex-wrap gap-2 pt-1">{children}</p>;
  return (
    <div className="space-y-2 pt-1">
      <p className="text-ink-2">{grantLine(c)}</p>
      {asked ? (
        <p role="alert" className="text-bad-ink">
          leadflow forgets the access: nothing is sent from this mailbox or read in it until it is connected again. The
          provider still lists the permission, where you can take it back.
        </p>
      ) : null}
      <p className="flex flex-wrap gap-2">
        <ConnectButton account={c} primary />
        {children}
        {c.grant.state === "connected" && may ? (
          <Button
            size="sm"
            kind={asked ? "grave" : "quiet"}
            busy={disconnect.isPending}
            onClick={() =>
              asked
                ? disconnect.mutate(c.id, {
                    onSuccess: () => {
                      setAsked(false);
                      toast(`${c.name} is disconnected`);
                    },
                    onError: (e) => toastProblem(`Could not disconnect ${c.name}`, e),
                  })
                : setAsked(true)
            }
          >
            {asked ? "Disconnect this mailbox" : "Disconnect"}
          </Button>
        ) : null}
        {asked ? (
          <Button size="sm" kind="quiet" onClick={() => setAsked(false)}>
            Keep it connected
          </Button>
        ) : null}
      </p>
    </div>
  );
}
