// All campaigns with their state and figures.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import { archivedQuery, campaignsQuery } from "@/app/enrol/queries";
import { Page, Scroll } from "@/app/shell/page";
import { ago, day } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { Tabs } from "@/shared/ui/tabs";
import { CampaignState } from "./campaign-state";
import { NewCampaign } from "./new-campaign";

export function CampaignsPage() {
  const may = useMay("rep");
  const search = useSearch({ from: "/app/campaigns" });
  const navigate = useNavigate();
  const adding = may && !!search.add;
  const setAdding = (add: boolean) =>
    void navigate({ to: "/campaigns", search: add ? { add: true } : {}, replace: true });
  const [tab, setTab] = useState<"open" | "archived">("open");
  const query = useQuery({ ...(tab === "archived" ? archivedQuery : campaignsQuery), refetchInterval: 15_000 });
  useCommands(
    may
      ? [
          {
            id: "new-campaign",
            title: "New campaign",
            group: "This page",
            keys: "n",
            icon: Plus,
            run: () => setAdding(true),
          },
        ]
      : [],
  );
  const items = query.data?.items ?? [];
  const shown = items;
  const add = may ? (
    <Button kind="primary" icon={<Plus size={15} />} hint="N" onClick={() => setAdding(true)}>
      New campaign
    </Button>
  ) : null;
  return (
    <Page
      quick={
        may
          ? { label: "New campaign", icon: <Plus size={22} strokeWidth={1.6} />, run: () => setAdding(true) }
          : undefined
      }
      title="Campaigns"
      muted={query.data ? String(items.length) : undefined}
      actions={add}
    >
      <Tabs
        label="Campaigns"
        value={tab}
        onChange={setTab}
        items={[
          {
            id: "open",
            label: "Open",
            count: tab === "open" && query.data ? items.length : undefined,
          },
          {
            id: "archived",
            label: "Archived",
            count: tab === "archived" && query.data ? items.length : undefined,
          },
        ]}
      />
      <Scroll>
        <Loaded query={query} what="Campaigns">
          {() =>
            shown.length === 0 ? (
              tab === "archived" ? (
                <Empty title="No archived campaigns" />
              ) : (
                <Empty title="No campaigns yet" actions={add}>
                  A campaign sends a sequence to leads. Nothing is sent until you launch it.
                </Empty>
              )
            ) : (
              <Table
                edge="page"
                head={
                  <>
                    <Th>Campaign</Th>
                    <Th>State</Th>
                    <Th wide>Launched</Th>
                    <Th end wide>
                      Created
                    </Th>
                  </>
                }
              >
                {shown.map((c) => (
                  <Row key={c.id} className="hover:bg-sunken max-sm:h-row-bar">
                    <Td>
                      <Link to="/campaigns/$id" params={{ id: c.id }} className="font-medium hover:underline">
                        {c.name}
                      </Link>
                    </Td>
                    <Td>
                      <CampaignState campaign={c} />
                    </Td>
                    <Td wide className="text-ink-2">
                      {c.launched_at ? day(c.launched_at) : "Not yet"}
                    </Td>
                    <Td end wide className="text-ink-2">
                      {ago(c.created_at)}
                    </Td>
                  </Row>
                ))}
              </Table>
            )
          }
        </Loaded>
      </Scroll>
      <NewCampaign open={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}
