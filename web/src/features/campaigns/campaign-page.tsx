// One campaign: its state and actions, its figures, its leads.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import {
  Archive,
  CalendarClock,
  CircleCheckBig,
  Copy,
  Ellipsis,
  PanelTop,
  Pause,
  Play,
  Telescope,
  UserRoundPlus,
} from "lucide-react";
import { useState } from "react";
import type { CampaignView } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import { type FirstMessage, firstMessageWords } from "@/app/launch/first-message";
import { PauseDialog } from "@/app/pause/pause-dialog";
import { useStanding, waitOf } from "@/app/pause/waits";
import { sequencesQuery } from "@/app/shared-queries";
import { Page, Scroll } from "@/app/shell/page";
import { useWorkspaceZone } from "@/app/shell/queries";
import { ReadinessDrawer } from "@/app/timeline/readiness";
import { useAwake } from "@/shared/lib/awake";
import { sinceUntil, whenIn } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";
import { Menu, type MenuItem } from "@/shared/ui/menu";
import { Loaded, Together, useTogether } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { AutoEnrolSection } from "./auto-enrol";
import type { Question } from "./campaign-question";
import { CampaignState } from "./campaign-state";
import { LatePeople } from "./late";
import { CampaignSenders } from "./mailboxes";
import { People } from "./people";
import {
  autoEnrolQuery,
  campaignQuery,
  campaignStatsQuery,
  campaignVariantsQuery,
  exampleLeadsQuery,
  type Move,
  type PeopleFilter,
  senderChoicesQuery,
  useCampaignMove,
  useCloneCampaign,
  usePauseCampaign,
} from "./queries";
import { StatsView } from "./stats";
import { CampaignTag } from "./tag";
import { VariantsView } from "./variants";
import { campaignWritingQuery } from "./writing";

const CampaignQuestion = later(() => import("./campaign-question").then((m) => m.CampaignQuestion));
// At the foot of the page: fetched once the user acts.
const CampaignWriting = later(() => import("./campaign-writing").then((m) => m.CampaignWriting));
const CampaignTracking = later(() => import("./campaign-tracking").then((m) => m.CampaignTracking));
const AddPeople = later(() => import("./add-people").then((m) => m.AddPeople));

const DONE: Record<Move, string> = {
  launch: "Launched",
  pause: "Pausing: nothing is sent after 10 s",
  resume: "Active again",
  complete: "Completed",
  archive: "Archived",
};

/** The dialog that is open over the page; one at a time. */
type Dialog = { open: "add" | "pause" | "readiness" } | { open: "question"; question: Question };

export function CampaignPage() {
  const { id } = useParams({ from: "/app/campaigns/$id" });
  const query = useQuery(campaignQuery(id));
  // Parts below wait for the parts above them, so that nothing moves once it is shown.
  const parts = [useQuery(sequencesQuery), useQuery(campaignStatsQuery(id)), useQuery(senderChoicesQuery)];
  if (!useTogether(parts, id) || !query.data) {
    return (
      <Page title="Campaign" parent={{ to: "/campaigns", label: "Campaigns" }}>
        <Loaded query={{ ...query, data: undefined }} what="This campaign" page>
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
  const awake = useAwake();
  const stats = useQuery(campaignStatsQuery(c.id));
  const below = [
    useQuery(campaignVariantsQuery(c.id)),
    useQuery(autoEnrolQuery(c.id)),
    useQuery(campaignWritingQuery(c.id)),
    useQuery(exampleLeadsQuery(c.id)),
  ];
  const move = useCampaignMove(c.id);
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const pause = usePauseCampaign(c.id);
  const zone = useWorkspaceZone();
  const standing = useStanding();
  const changes = useMay("rep");
  const closes = useMay("manager");
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
      toastProblem("Could not change the campaign", error);
    }
  };
  const isPaused = c.state === "paused" || c.state === "pausing";
  const pauseUntil = (until: string) =>
    pause.mutate(until, {
      onSuccess: (now) => {
        close();
        toast(now.paused_until ? `Resumes ${whenIn(zone, now.paused_until)}` : DONE.pause, {
          undo: () => (isPaused ? pause.mutateAsync(c.paused_until ?? undefined) : move.mutateAsync("resume")),
        });
      },
    });
  const clone = useCloneCampaign();
  const copy = async () => {
    try {
      const made = await clone.mutateAsync(c.id);
      toast(`${made.name} created as an empty draft`);
      void navigate({ to: "/campaigns/$id", params: { id: made.id } });
    } catch (error) {
      toastProblem("Could not clone the campaign", error);
    }
  };
  const open = c.state === "draft" || c.state === "active" || c.state === "paused" || c.state === "pausing";
  const sequence = useQuery(sequencesQuery).data?.items.find((s) => s.id === c.sequence_id);
  const ask = (m: Question) => {
    move.reset();
    setDialog({ open: "question", question: m });
  };
  const answer = (m: Question, first?: FirstMessage) =>
    move.mutate(m, {
      onSuccess: () => {
        close();
        toast(m === "launch" ? `Launched. ${firstMessageWords(first, waitOf(standing))}` : DONE[m]);
      },
    });
  useCommands([
    ...(open && changes
      ? [
          {
            id: "add-people",
            title: "Add leads",
            group: "This page" as const,
            icon: UserRoundPlus,
            run: () => setDialog({ open: "add" }),
          },
        ]
      : []),
    ...(c.state === "active" && changes
      ? [
          {
            id: "pause",
            title: "Pause campaign",
            group: "This page" as const,
            icon: Pause,
            run: () => void run("pause"),
          },
          {
            id: "pause-until",
            title: "Pause campaign until a set time",
            group: "This page" as const,
            icon: CalendarClock,
            run: () => setDialog({ open: "pause" }),
          },
        ]
      : []),
    ...(c.state === "paused" && changes
      ? [
          {
            id: "resume",
            title: "Resume campaign",
            group: "This page" as const,
            icon: Play,
            run: () => void run("resume"),
          },
        ]
      : []),
  ]);
  const since = c.state_since;
  const more: MenuItem[] = [
    {
      label: "Preview page",
      icon: <PanelTop size={15} />,
      run: () => void navigate({ to: "/campaigns/$id/page", params: { id: c.id } }),
    },
    ...((c.state === "active" || isPaused) && changes
      ? [
          {
            label: c.paused_until ? "Change end of pause" : isPaused ? "Set end of pause" : "Pause until a set time",
            icon: <CalendarClock size={15} />,
            run: () => setDialog({ open: "pause" }),
          },
        ]
      : []),
    ...(changes ? [{ label: "Clone", icon: <Copy size={15} />, run: () => void copy() }] : []),
    ...(closes && (c.state === "active" || c.state === "paused")
      ? [{ label: "Complete", icon: <CircleCheckBig size={15} />, run: () => ask("complete") }]
      : []),
    ...(closes && (c.state === "draft" || c.state === "paused" || c.state === "completed")
      ? [{ label: "Archive", icon: <Archive size={15} />, run: () => ask("archive") }]
      : []),
  ];
  return (
    <Page
      title={c.name}
      parent={{ to: "/campaigns", label: "Campaigns" }}
      muted={
        <CampaignState
          campaign={c}
          since={since && c.state !== "draft" ? ` ${sinceUntil(since, c.paused_until, zone)}` : ""}
        />
      }
      actions={
        <>
          {open && changes ? (
            <Button icon={<UserRoundPlus size={15} />} onClick={() => setDialog({ open: "add" })}>
              Add leads
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
          {c.state === "draft" && changes ? (
            <Button kind="primary" icon={<Play size={15} />} busy={move.isPending} onClick={() => ask("launch")}>
              Launch
            </Button>
          ) : null}
          {c.state === "active" && changes ? (
            <Button icon={<Pause size={15} />} busy={move.isPending} onClick={() => void run("pause")}>
              Pause
            </Button>
          ) : null}
          {c.state === "paused" && changes ? (
            <Button kind="primary" icon={<Play size={15} />} busy={move.isPending} onClick={() => void run("resume")}>
              Resume
            </Button>
          ) : null}
          {more.length ? (
            <Menu
              label="More actions"
              trigger={
                <Button kind="quiet" icon={<Ellipsis size={15} />} busy={clone.isPending}>
                  More
                </Button>
              }
              items={more}
            />
          ) : null}
        </>
      }
    >
      {dialog?.open === "readiness" ? (
        <ReadinessDrawer asked={{ name: c.name, campaign: c.id }} onClose={close} />
      ) : null}
      <Scroll className="flex flex-col">
        <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-6 border-b px-6 py-1 text-ink-2 max-lg:px-4">
          <span>
            Sequence{" "}
            <Link to="/sequences/$id" params={{ id: c.sequence_id }} className="font-medium text-ink hover:underline">
              {sequence?.name ?? "open"}
            </Link>{" "}
            v{c.sequence_version}
          </span>
          <CampaignSenders campaign={c} open={open && changes} />
          <CampaignTag campaign={c} open={open && changes} />
          <Button size="sm" kind="quiet" onClick={() => setDialog({ open: "readiness" })}>
            Check sending
          </Button>
          <span>
            If the time zone is unknown: <span className="text-ink">{c.zone}</span>
          </span>
        </div>
        {stats.data?.enrolments.late ? (
          <LatePeople campaign={c} late={stats.data.enrolments.late} may={changes} />
        ) : null}
        <Loaded query={stats} what="The numbers">
          {(s) => <StatsView stats={s} />}
        </Loaded>
        <People
          campaign={c}
          steps={stats.data?.steps.length ?? sequence?.steps.length ?? 0}
          filter={filter}
          onFilter={(f?: PeopleFilter) =>
            void navigate({ to: "/campaigns/$id", params: { id: c.id }, search: { state: f }, replace: true })
          }
        />
        <Together queries={below} what="The variants">
          <VariantsView campaign={c} open={open && changes} />
          <AutoEnrolSection campaign={c} open={open && changes} />
          {awake ? (
            <>
              <CampaignWriting campaign={c} open={open && changes} />
              <CampaignTracking campaign={c} open={open && changes} />
            </>
          ) : null}
        </Together>
      </Scroll>
      {dialog?.open === "pause" ? (
        <PauseDialog
          title={`Pause ${c.name} until a set time`}
          yes="Pause until then"
          busy={pause.isPending}
          error={pause.error}
          onPause={pauseUntil}
          onClose={() => {
            close();
            pause.reset();
          }}
        >
          Then it resumes automatically. Messages that became due in the meantime are rescheduled within each account's
          limits.
        </PauseDialog>
      ) : null}
      <AddPeople open={dialog?.open === "add"} onClose={close} campaign={{ id: c.id, name: c.name }} />
      {dialog?.open === "question" ? (
        <CampaignQuestion
          key={dialog.question}
          campaign={c}
          question={dialog.question}
          busy={move.isPending}
          error={move.error}
          onYes={(first) => answer(dialog.question, first)}
          onClose={close}
        />
      ) : null}
    </Page>
  );
}
