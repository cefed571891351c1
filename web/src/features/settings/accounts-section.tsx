// Accounts at providers: their settings, and whether they work.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { TryAccount } from "@/app/accounts/try-account";
import { adviceOn } from "@/shared/lib/account-advice";
import { errorLine, healthLine, isFailing, isUntested, stateOf, todayLine } from "@/shared/lib/account-state";
import { weekWords } from "@/shared/lib/week";
import { State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { CopyButton } from "@/shared/ui/copy-button";
import { ProgressBar } from "@/shared/ui/progress";
import { Heading } from "@/shared/ui/section";
import { Empty, Loaded } from "@/shared/ui/states";
import { AccountDialog, type Begun } from "./account-dialog";
import { accountAddress, useFlip } from "./accounts";
import { ConnectButton, grantLine, isUnconnected, readingLine } from "./grant";
import { kindOf } from "./kinds";
import { type Offer, offers, senderOf } from "./offers";
import { type AccountKind, type AccountView, accountsQuery, sendersQuery } from "./queries";

export function AccountsSection({ section, kinds, what }: { section: string; kinds: AccountKind[]; what: string }) {
  const query = useQuery(accountsQuery);
  const flip = useFlip();
  const senders = useQuery(sendersQuery).data?.items ?? [];
  const [adding, setAdding] = useState<Offer & { begun?: Begun }>();
  const [editing, setEditing] = useState<AccountView>();
  return (
    <div className="p-6 max-lg:p-4">
      <Loaded query={query} what="The accounts">
        {(page) => (
          <>
            {page.items.some((c) => kinds.includes(c.kind)) || what !== "mailbox" ? null : (
              <Empty title="No mailbox is connected" className="!mx-0 !mt-0 mb-6">
                You need one to send e-mail. Connect one at Google or Microsoft on their own page, any other by SMTP and
                IMAP.
              </Empty>
            )}
            {offers(kinds, senders, page.items).map(({ kind, sender }) => {
              const ours = (c: AccountView) => c.kind === kind && senderOf(c, senders)?.provider === sender?.provider;
              const items = page.items.filter(ours);
              const k = kindOf(kind, sender);
              return (
                <section key={sender?.provider ?? kind} aria-label={k.label} className="mb-6">
                  <Heading
                    note={k.what}
                    aside={
                      <Button size="sm" icon={<Plus size={14} />} onClick={() => setAdding({ kind, sender })}>
                        Connect
                      </Button>
                    }
                  >
                    {k.label}
                  </Heading>
                  {items.length === 0 ? (
                    <p className="border-t pt-2 text-ink-2">Not connected.</p>
                  ) : (
                    <ul className="divide-y border-y">
                      {items.map((c) => (
                        <li key={c.id} className="flex min-h-row-person flex-wrap items-center gap-x-4 gap-y-1 py-1.5">
                          <span className="min-w-0 flex-1 basis-55">
                            <Link
                              to="/settings/$section/$id"
                              params={{ section, id: c.id }}
                              className="block text-left font-medium hover:underline"
                            >
                              {c.name}
                            </Link>
                            <span className="block text-meta break-all text-ink-2">{accountAddress(c)}</span>
                            {c.hours ? (
                              <span className="block text-meta text-ink-2">
                                {weekWords(c.hours)}, {c.hours.zone}
                              </span>
                            ) : null}
                            {c.today ? (
                              <span className="flex items-center gap-2 text-meta text-ink-2">
                                <ProgressBar
                                  parts={[{ value: c.today.taken, className: "bg-accent" }]}
                                  total={c.today.allowed}
                                  label={`${c.name}: ${todayLine(c)}`}
                                  className="!w-16"
                                />
                                {todayLine(c)}
                              </span>
                            ) : null}
                            {isUnconnected(c) ? (
                              <span className="block text-meta">{grantLine(c)}</span>
                            ) : (
                              <>
                                {isFailing(c) ? (
                                  <span className="block text-meta text-bad-ink">{errorLine(c)}</span>
                                ) : null}
                                {adviceOn(c) ? <span className="block text-meta">{adviceOn(c)}</span> : null}
                                {readingLine(c) ? (
                                  <span className="block text-meta text-ink-2">{readingLine(c)}</span>
                                ) : null}
                              </>
                            )}
                            {c.hears_replies === false && !isUnconnected(c) ? (
                              <span className="block text-meta text-bad-ink">
                                Replies are not received, so they do not stop sequences.
                              </span>
                            ) : null}
                            {healthLine(c) ? <span className="block text-meta text-ink-2">{healthLine(c)}</span> : null}
                            {c.webhook_url ? (
                              <span className="flex items-center gap-1 text-meta text-ink-2">
                                <span className="min-w-0 break-all">Webhook: {c.webhook_url}</span>
                                <CopyButton what="webhook URL" text={c.webhook_url} />
                              </span>
                            ) : null}
                          </span>
                          <State tone={stateOf(c).tone}>{stateOf(c).word}</State>
                          <ConnectButton account={c} />
                          {c.enabled &&
                          (isFailing(c) || isUntested(c)) &&
                          (!c.grant || c.grant.state === "connected") ? (
                            <TryAccount account={c} again={isFailing(c)} />
                          ) : null}
                          <Button size="sm" kind="quiet" onClick={() => flip(c)}>
                            {c.enabled ? "Switch off" : "Switch on"}
                          </Button>
                          <Button size="sm" onClick={() => setEditing(c)}>
                            Change
                          </Button>
                        </li>
                      ))}
                    </ul>
                  )}
                </section>
              );
            })}
          </>
        )}
      </Loaded>
      {adding ? (
        <AccountDialog
          key={adding.sender?.provider ?? adding.kind}
          {...adding}
          onConnectAt={(provider, begun) => {
            const sender = senders.find((known) => known.provider === provider);
            if (sender) setAdding({ kind: sender.kind, sender, begun });
          }}
          onClose={() => setAdding(undefined)}
        />
      ) : null}
      {editing ? (
        <AccountDialog
          key={editing.id}
          kind={editing.kind}
          sender={senderOf(editing, senders)}
          account={editing}
          onClose={() => setEditing(undefined)}
        />
      ) : null}
    </div>
  );
}
