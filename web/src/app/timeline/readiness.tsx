// Whether a workspace, an account or a campaign sends right now, and the reasons why not.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { TryAccount } from "@/app/accounts/try-account";
import { useWorkspaceZone } from "@/app/shell/queries";
import { type Instant, whenIn } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { CHANNEL_WORDS } from "@/shared/lib/labels";
import { Drawer } from "@/shared/ui/dialog";
import { Loaded } from "@/shared/ui/states";
import { Checks } from "./checks";
import { nextActionWords } from "./next-action";

/** The subject of the question; without an id, the whole workspace. */
export type ReadinessSubject = { name: string; campaign?: string; account?: string };

type ChannelReadiness = Schema["ChannelReadiness"];

type Readiness = Schema["Readiness"];

const readinessQuery = ({ campaign, account }: Omit<ReadinessSubject, "name">) =>
  queryOptions({
    queryKey: ["standing", campaign ?? account ?? "workspace"],
    queryFn: ({ signal }) => {
      if (campaign) {
        return unwrap(client.GET("/api/campaigns/{id}/why", { params: { path: { id: campaign } }, signal }));
      }
      if (account) {
        const params = { path: { id: account } };
        return unwrap(client.GET("/api/settings/accounts/{id}/why", { params, signal }));
      }
      return unwrap(client.GET("/api/settings/why", { signal }));
    },
    staleTime: 0,
    gcTime: 0,
  });

const listed = new Intl.ListFormat("en", { type: "conjunction" });
const named = (channels: ChannelReadiness[]) => listed.format(channels.map((c) => CHANNEL_WORDS[c.channel]));

/** "Partly: what is due by E-mail goes out, what is due by SMS waits." */
export function answerWords({
  sends,
  channels,
  accounts = [],
}: Pick<Readiness, "sends" | "channels"> & Partial<Pick<Readiness, "accounts">>): string {
  if (!sends) return "No: due messages wait, for the reasons marked below.";
  const waiting = channels.filter((c) => !c.sends);
  const going = channels.filter((c) => c.sends);
  if (waiting.length && going.length) {
    return `Partly: due messages by ${named(going)} go out, due messages by ${named(waiting)} wait, for the reasons marked below.`;
  }
  const untested = accounts.filter((a) => a.state === "untested").map((a) => a.name);
  if (untested.length) {
    const verb = untested.length === 1 ? "has" : "have";
    return `Not sure: ${listed.format(untested)} ${verb} not been tested yet. Due messages go out, and the first one shows whether it works.`;
  }
  return "Yes: due messages go out. Reasons for a single lead are shown beside their name.";
}

export function ReadinessDrawer({ asked, onClose }: { asked?: ReadinessSubject; onClose: () => void }) {
  // The query is read here: the answer may come before the drawer's own code, and only a query that is read triggers a
  // render.
  const { data, error, isPending, refetch } = useQuery({ ...readinessQuery(asked ?? {}), enabled: !!asked });
  const sends = data?.sends;
  const now = useNow();
  const zone = useWorkspaceZone();
  const tell = (at: Instant) => whenIn(zone, at);
  return (
    <Drawer
      open={!!asked}
      onClose={onClose}
      title={sends === false ? "Why is nothing going out?" : "Check sending"}
      description={asked?.name}
    >
      <Loaded query={{ data, error, isPending, refetch }} what="The reasons">
        {(readiness) => (
          <>
            <p className="mb-3 rounded-panel bg-accent-soft px-3.5 py-2.5">{answerWords(readiness)}</p>
            {readiness.accounts
              .filter((a) => a.state !== "works")
              .map((a) => (
                <p key={a.id} className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1">
                  <span>
                    {a.name} {a.state === "failing" ? "is failing." : "has not been tested yet."}
                  </span>
                  <TryAccount account={a} again={a.state === "failing"} />
                </p>
              ))}
            {readiness.channels.length > 1 ? (
              <ul aria-label="Next by channel" className="mb-3">
                {readiness.channels.map((c) => (
                  <li key={c.channel}>
                    <span className="text-ink-2">Next by {named([c])}:</span>{" "}
                    {nextActionWords(c.next, now, undefined, tell)}
                  </li>
                ))}
              </ul>
            ) : (
              <p className="mb-3">
                <span className="text-ink-2">Next:</span> {nextActionWords(readiness.next, now, undefined, tell)}
              </p>
            )}
            <Checks checks={readiness.checks} all tell={tell} />
          </>
        )}
      </Loaded>
    </Drawer>
  );
}
