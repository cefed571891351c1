// Recently deleted leads: each can be restored for 30 days, or erased now.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { type DeletedLead, deletedLeadsQuery, useDeletion } from "@/app/deletion/deletion";
import { EraseDialog } from "@/app/deletion/erase-dialog";
import { teamQuery } from "@/app/shared-queries";
import { Page, Scroll } from "@/app/shell/page";
import { plural, when } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Button, buttonStyle } from "@/shared/ui/button";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { toast, toastProblem } from "@/shared/ui/toast";

/** Fewer days than this are marked. */
const FEW_DAYS = 4;

export function DeletedLeadsPage() {
  const may = useMay("manager");
  const query = useInfiniteQuery({ ...deletedLeadsQuery, enabled: may });
  const team = useQuery(teamQuery).data?.items ?? [];
  const { restore } = useDeletion();
  const [erasing, setErasing] = useState<DeletedLead>();
  const leads = query.data?.pages.flatMap((page) => page.items) ?? [];
  const by = (lead: DeletedLead) =>
    team.find((m) => m.id === lead.deleted_by)?.name ?? lead.deleted_by_program ?? undefined;
  const bringBack = (lead: DeletedLead) =>
    restore.mutate(lead.id, {
      onSuccess: () => toast(`Restored ${lead.name}`),
      onError: (error) => toastProblem(`Could not restore ${lead.name}`, error),
    });
  return (
    <Page title="Recently deleted" parent={{ to: "/leads", label: "Leads" }}>
      <Scroll>
        {may ? (
          <Loaded query={query} what="Deleted leads">
            {() =>
              leads.length === 0 && !query.hasNextPage ? (
                <Empty
                  title="No deleted leads"
                  actions={
                    <Link to="/leads" className={buttonStyle({})}>
                      Show all leads
                    </Link>
                  }
                >
                  A deleted lead can be restored here for 30 days. Then it is erased.
                </Empty>
              ) : (
                <>
                  <p className="px-6 py-3 text-ink-2 max-lg:px-4">
                    A restored lead comes back as it was, with what it has sent meanwhile. Its campaigns have ended.
                    After 30 days a deleted lead is erased.
                  </p>
                  <Table
                    edge="page"
                    caption="Recently deleted leads"
                    head={
                      <>
                        <Th>Lead</Th>
                        <Th wide>Address</Th>
                        <Th wide>Deleted</Th>
                        <Th>Days left</Th>
                        <Th>
                          <span className="sr-only">Actions</span>
                        </Th>
                      </>
                    }
                  >
                    {leads.map((lead) => (
                      <Row key={lead.id} className="hover:bg-sunken">
                        <Td className="py-1 break-words">
                          <span className="font-medium">{lead.name}</span>
                          {lead.company && lead.company !== lead.name ? (
                            <span className="block text-meta text-ink-2">{lead.company}</span>
                          ) : null}
                        </Td>
                        <Td wide className="py-1 break-all text-ink-2">
                          {lead.email ?? lead.phone}
                        </Td>
                        <Td wide className="py-1 text-ink-2">
                          {when(lead.deleted_at)}
                          {by(lead) ? <span className="block text-meta">by {by(lead)}</span> : null}
                        </Td>
                        <Td className="py-1">
                          {lead.days_left < FEW_DAYS ? (
                            <Badge tone="warm">{plural(lead.days_left, "day")}</Badge>
                          ) : (
                            plural(lead.days_left, "day")
                          )}
                        </Td>
                        <Td end className="py-1">
                          <span className="inline-flex flex-wrap justify-end gap-1">
                            <Button
                              size="sm"
                              busy={restore.isPending && restore.variables === lead.id}
                              aria-label={`Restore ${lead.name}`}
                              onClick={() => bringBack(lead)}
                            >
                              Restore
                            </Button>
                            <Button
                              size="sm"
                              kind="quiet"
                              aria-label={`Erase now: ${lead.name}`}
                              onClick={() => setErasing(lead)}
                            >
                              Erase now
                            </Button>
                          </span>
                        </Td>
                      </Row>
                    ))}
                  </Table>
                  {query.hasNextPage ? (
                    <Button
                      className="mx-6 my-3 max-lg:mx-4"
                      busy={query.isFetchingNextPage}
                      onClick={() => void query.fetchNextPage()}
                    >
                      Show more
                    </Button>
                  ) : null}
                </>
              )
            }
          </Loaded>
        ) : (
          <Empty title="Only managers see deleted leads">Ask a manager to restore a lead.</Empty>
        )}
      </Scroll>
      {erasing ? <EraseDialog lead={erasing} onClose={() => setErasing(undefined)} /> : null}
    </Page>
  );
}
