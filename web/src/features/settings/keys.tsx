// API keys: the programs that may work in the workspace, what each may do, and when it last did.
import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { teamQuery } from "@/app/shared-queries";
import { cx } from "@/shared/lib/cx";
import { ago, day } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Heading } from "@/shared/ui/section";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { toast } from "@/shared/ui/toast";
import { NewKeyDialog, SecretDialog } from "./key-dialog";
import { type ApiKey, keysQuery, type NewKey, useKeyMoves } from "./key-queries";
import { scopeWords } from "./key-scopes";

export function KeysSection() {
  const query = useQuery(keysQuery);
  const team = useQuery(teamQuery).data?.items;
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState<NewKey>();
  const [revoking, setRevoking] = useState<ApiKey>();
  const create = (
    <Button icon={<KeyRound size={15} />} onClick={() => setCreating(true)}>
      Create API key
    </Button>
  );
  return (
    <div className="p-6 max-lg:p-4">
      <Heading
        className="max-w-table"
        note={
          <>
            For programs: a website form, a report, another system. A key works with all leads, whoever owns them.{" "}
            <a href="/openapi.json" target="_blank" rel="noreferrer" className="text-accent-ink underline">
              All routes of the API (openapi.json)
            </a>
          </>
        }
        aside={query.data?.items.length ? create : undefined}
      >
        API keys
      </Heading>
      <Loaded query={query} what="The API keys">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="No API keys yet" className="!mx-0" actions={create}>
              A program signs in with a key and may do only what the key allows. Its work appears in the history under
              the name of the key.
            </Empty>
          ) : (
            <Table
              className="max-w-table"
              scrolls="API keys"
              head={
                <>
                  <Th>Name</Th>
                  <Th>May do</Th>
                  <Th>Last use</Th>
                  <Th>Expires</Th>
                  <Th wide>Created</Th>
                  <Th className="w-24">
                    <span className="sr-only">Revoke</span>
                  </Th>
                </>
              }
            >
              {page.items.map((key) => {
                const over = key.state !== "active";
                return (
                  <Row key={key.id} size="auto" className={cx("align-top", over && "text-ink-3")}>
                    <Td className="py-2 pl-2">
                      <span className="block font-medium">
                        {key.name} {over ? <Badge>{key.state === "revoked" ? "Revoked" : "Expired"}</Badge> : null}
                      </span>
                      <span className="block font-mono text-meta text-ink-2">{key.prefix}…</span>
                    </Td>
                    <Td className="min-w-45 py-2 text-ink-2">{scopeWords(key.scopes)}</Td>
                    <Td className="py-2 text-ink-2">{key.last_used_at ? usedWords(key.last_used_at) : "Never"}</Td>
                    <Td className="py-2 text-ink-2">{key.expires_at ? day(key.expires_at) : "Never"}</Td>
                    <Td wide className="py-2 text-ink-2">
                      {day(key.created_at)}
                      {byWords(team?.find((member) => member.id === key.created_by)?.name)}
                    </Td>
                    <Td className="py-1.5">
                      {over ? null : (
                        <Button
                          size="sm"
                          kind="quiet"
                          aria-label={`Revoke ${key.name}`}
                          onClick={() => setRevoking(key)}
                        >
                          Revoke
                        </Button>
                      )}
                    </Td>
                  </Row>
                );
              })}
            </Table>
          )
        }
      </Loaded>
      {creating ? (
        <NewKeyDialog
          onClose={() => setCreating(false)}
          onMade={(key) => {
            setCreating(false);
            setMade(key);
          }}
        />
      ) : null}
      {made ? <SecretDialog made={made} onClose={() => setMade(undefined)} /> : null}
      {revoking ? <RevokeDialog apiKey={revoking} onClose={() => setRevoking(undefined)} /> : null}
    </div>
  );
}

/** The last use is known to the hour only. */
const usedWords = (at: string) => (Date.now() - Date.parse(at) < 2 * 3_600_000 ? "In the last hours" : ago(at));

const byWords = (name?: string) => (name ? ` by ${name}` : "");

function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { revoke } = useKeyMoves();
  return (
    <ConfirmDialog
      title={`Revoke ${apiKey.name}?`}
      yes="Revoke key"
      busy={revoke.isPending}
      error={revoke.error}
      onClose={onClose}
      onYes={() =>
        revoke.mutate(apiKey.id, {
          onSuccess: () => {
            toast(`${apiKey.name} revoked`);
            onClose();
          },
        })
      }
    >
      Programs with the key {apiKey.prefix}… are refused from their next request on. A revoked key cannot be used again.
    </ConfirmDialog>
  );
}
