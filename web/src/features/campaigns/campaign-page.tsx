// One campaign: its state and moves, its numbers, its people.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Archive, CircleCheckBig, Copy, Pause, Play, Telescope, UserRoundPlus } from "lucide-react";
import { useState } from "react";
import type { CampaignView } from "@/api/types";
import { useCommands } from "@/app/commands/registry";
import { Page, Scroll } from "@/app/shell/page";
import { type Asked, StandingDrawer } from "@/app/story/standing";
import { plural, when } from "@/shared/lib/format";
import { CAMPAIGN_WORDS } from "@/shared/lib/labels";
import { State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { AddPeople } from "./add-people";
import { CampaignMailboxes } from "./mailboxes";
import { People } from "./people";
import {
  campaignQuery,
  campaignStatsQuery,
  type Move,
  type PeopleFilter,
  sequenceChoicesQuery,
  useCampaignMove,
  useCloneCampaign,
} from "./queries";
import { StatsView } from "./stats";
import { VariantsView } from "./variants";

const DONE: Record<Move, string> = {
  launch: "Launched: the first messages go out in their window",
  pause: "Pausing: nothing goes out after 10 s",
  resume: "Active again",
  complete: "Completed",
  archive: "Archived",
};

export function CampaignPage() {
  const { id } = useParams({ from: "/app/campaigns/$id" });
  const query = useQuery(campaignQuery(id));
  if (!query.data) {
    return (
      <Page title="Campaign" parent={{ to: "/campaigns", label: "Campaigns" }}>
        <Loaded query={query} what="This campaign">
          {() => null}
        </Loaded>
      </Page>
    );
  }
  return <One campaign={query.data} />;
}

function One({ campaign: c }: { campaign: CampaignView }) {
  const { state } = useSearch({ from: "/app/campaigns/$id" });
  const navigate = useNavigate();
  const stats = useQuery(campaignStatsQuery(c.id));
  const move = useCampaignMove(c.id);
  const [adding, setAdding] = useState(false);
  const [launching, setLaunching] = useState(false);
  const [asked, setAsked] = useState<Asked>();
  const filter = (["pending", "moving", "waiting_task", "held", "ended"] as const).find((f) => f === state);
  const run = async (m: Move) => {
    try {
      await move.mutateAsync(m);
      toast(DONE[m], {
        undo:
          m === "pause"
            ? () => move.mutateAsync("resume")
            : m === "resume"
              ? () => move.mutateAsync("pause")
              : undefined,
      });
    } catch (error) {
      toastProblem("The campaign stays as it was", error);
    }
  };
  const clone = useCloneCampaign();
  const copy = async () => {
    try {
      const made = await clone.mutateAsync(c.id);
      toast(`${made.name} is a draft with nobody in it`);
      void navigate({ to: "/campaigns/$id", params: { id: made.id } });
    } catch (error) {
      toastProblem("The campaign was not cloned", error);
    }
  };
  const open = c.state === "draft" || c.state === "active" || c.state === "paused" || c.state === "pausing";
  useCommands([
    ...(open
      ? [
          {
            id: "add-people",
            title: "Add people",
            group: "This page" as const,
            icon: UserRoundPlus,
            run: () => setAdding(true),
          },
        ]
      : []),
    ...(c.state === "active"
      ? [
          {
            id: "pause",
            title: "Pause the campaign",
            group: "This page" as const,
            icon: Pause,
            run: () => void run("pause"),
          },
        ]
      : []),
    ...(c.state === "paused"
      ? [
          {
            id: "resume",
            title: "Resume the campaign",
            group: "This page" as const,
            icon: Play,
            run: () => void run("resume"),
          },
        ]
      : []),
  ]);
  const enrolled = stats.data?.enrolments.enrolled ?? 0;
  const since = c.state_since;
  const sequence = useQuery(sequenceChoicesQuery).data?.items.find((s) => s.id === c.sequence_id);
  return (
    <Page
      title={c.name}
      parent={{ to: "/campaigns", label: "Campaigns" }}
      muted={
        <State tone={CAMPAIGN_WORDS[c.state]?.tone ?? "open"}>
          {CAMPAIGN_WORDS[c.state]?.word ?? c.state}
          {since && c.state !== "draft" ? ` since ${when(since)}` : ""}
        </State>
      }
      actions={
        <>
          {open ? (
            <Button icon={<UserRoundPlus size={15} />} onClick={() => setAdding(true)}>
              Add people
            </Button>
          ) : null}
          {open ? (
            <Button
              kind="quiet"
              icon={<Telescope size={15} />}
              onClick={() => void navigate({ to: "/campaigns/$id/simulation", params: { id: c.id } })}
            >
              Simulate
            </Button>
          ) : null}
          {c.state === "draft" ? (
            <Button kind="primary" icon={<Play size={15} />} busy={move.isPending} onClick={() => setLaunching(true)}>
              Launch
            </Button>
          ) : null}
          {c.state === "active" ? (
            <Button icon={<Pause size={15} />} busy={move.isPending} onClick={() => void run("pause")}>
              Pause
            </Button>
          ) : null}
          {c.state === "paused" ? (
            <Button kind="primary" icon={<Play size={15} />} busy={move.isPending} onClick={() => void run("resume")}>
              Resume
            </Button>
          ) : null}
          {c.state === "active" || c.state === "paused" ? (
            <Button
              kind="quiet"
              icon={<CircleCheckBig size={15} />}
              busy={move.isPending}
              onClick={() => void run("complete")}
            >
              Complete
            </Button>
          ) : null}
          <Button kind="quiet" icon={<Copy size={15} />} busy={clone.isPending} onClick={() => void copy()}>
            Clone
          </Button>
          {c.state === "draft" || c.state === "paused" || c.state === "completed" ? (
            <Button kind="quiet" icon={<Archive size={15} />} busy={move.isPending} onClick={() => void run("archive")}>
              Archive
            </Button>
          ) : null}
        </>
      }
    >
      <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-6 border-b px-6 py-1 text-ink-2 max-lg:px-4">
        <span>
          Sequence{" "}
          <Link to="/sequences/$id" params={{ id: c.sequence_id }} className="font-medium text-ink hover:underline">
            {sequence?.name ?? "open it"}
          </Link>{" "}
          v{c.sequence_version}
        </span>
        <CampaignMailboxes campaign={c} open={open} />
        <Button size="sm" kind="quiet" onClick={() => setAsked({ name: c.name, campaign: c.id })}>
          Does it send now?
        </Button>
        <span>
          Where a zone is unknown <span className="text-ink">{c.zone}</span>
        </span>
      </div>
      <StandingDrawer asked={asked} onClose={() => setAsked(undefined)} />
      <Scroll className="flex flex-col">
        <Loaded query={stats} what="The numbers">
          {(s) => <StatsView stats={s} />}
        </Loaded>
        <VariantsView campaign={c.id} sequence={c.sequence_id} />
        <People
          campaign={c.id}
          steps={stats.data?.steps.length ?? sequence?.steps.length ?? 0}
          filter={filter}
          onFilter={(f?: PeopleFilter) =>
            void navigate({ to: "/campaigns/$id", params: { id: c.id }, search: { state: f }, replace: true })
          }
        />
      </Scroll>
      <AddPeople open={adding} onClose={() => setAdding(false)} campaign={{ id: c.id, name: c.name }} />
      <Dialog
        open={launching}
        onClose={() => setLaunching(false)}
        title={`Launch ${c.name}?`}
        footer={
          <>
            <Button
              kind="primary"
              onClick={() => {
                setLaunching(false);
                void run("launch");
              }}
            >
              {enrolled ? `Launch for ${plural(enrolled, "person", "people")}` : "Launch"}
            </Button>
            <Button kind="quiet" onClick={() => setLaunching(false)}>
              Not yet
            </Button>
          </>
        }
      >
        <p className="text-ink-2">
          {enrolled
            ? `${plural(enrolled, "person", "people")} enter at the first step of version ${c.sequence_version}, each inside the window in their own time. You can pause at any moment.`
            : "Nobody is enrolled yet. Whoever you add later starts at once, inside the window in their own time."}
        </p>
      </Dialog>
    </Page>
  );
}
