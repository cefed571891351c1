// One lead: details, state, timeline and what is planned.

import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate, useParams } from "@tanstack/react-router";
import {
  CircleQuestionMark,
  Goal,
  Mail,
  OctagonPause,
  Phone,
  SquareCheckBig,
  StickyNote,
  Trash2,
  UserRoundPlus,
} from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { asProblem } from "@/api/errors";
import { useMay } from "@/app/auth/use-may";
import { CallLead, numberToCall } from "@/app/calls/call-action";
import { useCall } from "@/app/calls/placing";
import { useCommands } from "@/app/commands/registry";
import { useDeleteLeads } from "@/app/deletion/use-delete-leads";
import { HeatMark } from "@/app/parts/heat";
import { PossibleOptOut } from "@/app/parts/possible-opt-out";
import { StepLine, Stepper } from "@/app/parts/stepper";
import { useStanding, waitOf } from "@/app/pause/waits";
import { Page } from "@/app/shell/page";
import { useWorkspaceZone } from "@/app/shell/queries";
import { stageChange } from "@/app/stages/lost-reason";
import { movedWords } from "@/app/stages/moved-words";
import type { LeadEnrolment } from "@/app/timeline/model";
import { openedLeads } from "@/app/timeline/opened-list";
import { timelineQuery } from "@/app/timeline/queries";
import { enrolmentMarks, markLabels } from "@/app/timeline/step-marks";
import { useAwake } from "@/shared/lib/awake";
import { cx } from "@/shared/lib/cx";
import { civilDay, count, day, plural, when } from "@/shared/lib/format";
import { useMedia, useNow } from "@/shared/lib/hooks";
import { useKeys } from "@/shared/lib/keyboard";
import { END_WORDS, HOLD_WORDS, holdEnd } from "@/shared/lib/labels";
import { daysIn, isStale, reasonWord, stageBefore, stageOptions, stageWord, useStages } from "@/shared/lib/stages";
import { useStore } from "@/shared/lib/store";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Key } from "@/shared/ui/key";
import { later } from "@/shared/ui/later";
import { Scrollable } from "@/shared/ui/scrollable";
import { Select } from "@/shared/ui/select";
import { Loaded, useTogether } from "@/shared/ui/states";
import { Tabs } from "@/shared/ui/tabs";
import { toast, toastProblem } from "@/shared/ui/toast";
import { DeletedLead } from "./deleted-lead";
import { LeadFacts } from "./facts";
import { FollowUp } from "./follow-up";
import { PauseLead } from "./pause";
import {
  consentQuery,
  type LeadChanges,
  type LeadDetail,
  leadQuery,
  previewQuery,
  silenceOf,
  useLeadActions,
  valuesBefore,
} from "./queries";
import { LeadTimeline } from "./timeline";
import { WriteBox, type Writing } from "./writing";

const TaskDialog = later(() => import("@/app/tasks/task-dialog").then((m) => m.TaskDialog));
const EnrolDialog = later(() => import("@/app/enrol/enrol-dialog").then((m) => m.EnrolDialog));
const LeadParts = later(() => import("./lead-parts").then((m) => m.LeadParts));
const StopDialog = later(() => import("./stop-dialog").then((m) => m.StopDialog));
const LeadWhyDrawer = later(() => import("./why").then((m) => m.LeadWhyDrawer));

export function LeadPage() {
  const { id } = useParams({ from: "/app/leads/$id" });
  const query = useQuery(leadQuery(id));
  // Parts below wait for the parts above them, so that nothing moves once it is shown.
  const parts = [useQuery(timelineQuery(id)), useQuery(previewQuery(id)), useQuery(consentQuery(id))];
  const isComing = !useTogether(parts, id) || !query.data || query.data.id !== id;
  const title = query.data?.name ?? "Lead";
  const viewed = useStore(openedLeads);
  const navigate = useNavigate();
  // A merged lead's address is answered with the lead that it was merged into.
  const merged = query.data && query.data.id !== id && !query.isFetching ? query.data : undefined;
  useEffect(() => {
    if (!merged) return;
    openedLeads.set((list) => ({ ...list, ids: list.ids.filter((other) => other !== id), total: list.total - 1 }));
    toast(`Merged into ${merged.name}`);
    void navigate({ to: "/leads/$id", params: { id: merged.id }, hash: true, replace: true });
  }, [id, merged, navigate]);
  const at = viewed.ids.indexOf(id);
  const go = (to: number) => {
    const next = viewed.ids[to];
    if (at >= 0 && next) void navigate({ to: "/leads/$id", params: { id: next }, replace: true });
  };
  useKeys({ j: () => go(at + 1), k: () => go(at - 1) });
  return (
    <Page
      key={isComing ? "coming" : "known"}
      title={title}
      parent={{ to: "/leads", label: "Leads" }}
      muted={
        at >= 0 ? (
          <span className="inline-flex items-center gap-1.5">
            {viewed.label}, {count(at + 1)} of {count(viewed.total)} <Key>K</Key> <Key>J</Key>
          </span>
        ) : query.data?.company && query.data.company !== title ? (
          query.data.company
        ) : undefined
      }
    >
      {query.error && asProblem(query.error).code === "lead_deleted" ? (
        <DeletedLead id={id} error={query.error} />
      ) : (
        <Loaded query={isComing ? { ...query, data: undefined } : query} what="This lead" page>
          {(lead) => <LeadBody key={lead.id} lead={lead} />}
        </Loaded>
      )}
    </Page>
  );
}

/** The dialog that is open over the page; one at a time. `campaign`: the one that the user asked about. */
type Dialog = { open: "enrol" | "stop" | "task" } | { open: "why"; campaign?: string };

function LeadBody({ lead }: { lead: LeadDetail }) {
  const now = useNow();
  const may = useMay("rep");
  const mayDelete = useMay("manager");
  const navigate = useNavigate();
  const deletion = useDeleteLeads();
  const hash = useLocation({ select: (l) => l.hash });
  const wide = useMedia("(min-width: 1024px)");
  const [writing, setWriting] = useState<Writing>("none");
  const [tab, setTab] = useState<"timeline" | "facts">("timeline");
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const { change, note, send, stop } = useLeadActions(lead.id);
  const enrolments = useQuery(timelineQuery(lead.id)).data?.enrolments ?? [];
  const underWay = enrolments.filter((e) => e.state !== "ended");
  const remove = async () => {
    if (await deletion.deleteLeads({ ids: [lead.id] }, lead.name)) void navigate({ to: "/leads" });
  };
  const silence = silenceOf(lead.channels);
  const number = may && !silence?.all ? numberToCall(lead) : undefined;
  const call = useCall();
  useEffect(() => {
    if (may && hash === "write") setWriting("message");
  }, [may, hash]);
  useCommands([
    {
      id: "lead-why",
      title: "What happens next, and why",
      group: "This page",
      keys: "w",
      icon: CircleQuestionMark,
      run: () => setDialog({ open: "why" }),
    },
    ...(mayDelete
      ? [
          {
            id: "lead-delete",
            title: `Delete ${lead.name}`,
            group: "This page" as const,
            keys: "#",
            icon: Trash2,
            run: () => void remove(),
          },
        ]
      : []),
    ...(may
      ? [
          {
            id: "lead-write",
            title: `Message ${lead.name}`,
            group: "This page" as const,
            keys: "m",
            icon: Mail,
            run: () => setWriting("message"),
          },
          ...(number
            ? [
                {
                  id: "lead-call",
                  title: `Call ${lead.name}`,
                  also: "phone",
                  group: "This page" as const,
                  keys: "p",
                  icon: Phone,
                  run: () => call({ number, lead: lead.id }),
                },
              ]
            : []),
          {
            id: "lead-note",
            title: "Add a note",
            group: "This page" as const,
            keys: "n",
            icon: StickyNote,
            run: () => setWriting("note"),
          },
          {
            id: "lead-stage",
            title: "Move to another stage",
            also: "won lost status",
            group: "This page" as const,
            keys: "s",
            icon: Goal,
            run: () => stageField.current?.focus(),
          },
          {
            id: "lead-task",
            title: `New task about ${lead.name}`,
            also: "create add call to-do reminder",
            group: "This page" as const,
            keys: "t",
            icon: SquareCheckBig,
            run: () => setDialog({ open: "task" }),
          },
          {
            id: "lead-enrol",
            title: `Enrol ${lead.name}`,
            group: "This page" as const,
            keys: "q",
            icon: UserRoundPlus,
            run: () => setDialog({ open: "enrol" }),
          },
        ]
      : []),
  ]);
  const save = (changes: LeadChanges, what = "Saved") => {
    const before = { ...valuesBefore(lead, changes), ...(changes.status ? stageBefore(lead) : {}) };
    change.mutate(changes, {
      onSuccess: () => toast(what, { undo: () => change.mutateAsync(before) }),
      onError: (error) => toastProblem(`Could not change ${lead.name}`, error),
    });
  };
  const stageField = useRef<HTMLSelectElement>(null);
  const move = (status: string) =>
    void stageChange(status, lead.name, lead.status).then((to) => to && save(to, movedWords(lead, status)));
  const life = useStages().stages.filter(({ id }) => id !== "lost");
  const stage = life.findIndex(({ id }) => id === lead.status);
  const place = [lead.job_title, lead.company, lead.city].filter(Boolean).join(", ");
  const story = (
    <div className="px-6 py-4 max-lg:px-4">
      {may ? (
        <WriteBox
          lead={lead}
          writing={writing}
          onWriting={setWriting}
          onSend={(w, at) => send.mutateAsync({ w, at })}
          onNote={(t) => note.mutateAsync(t)}
        />
      ) : null}
      <LeadTimeline id={lead.id} />
    </div>
  );
  // A clear opt-out says more than a possible one.
  const held = lead.channels?.every((c) => c.closed_because === "possible_opt_out") && lead.possible_opt_out;
  const awake = useAwake();
  const facts = (
    <>
      <LeadFacts lead={lead} onChange={may ? save : undefined} />
      {awake ? <LeadParts lead={lead} onChange={may ? save : undefined} /> : null}
    </>
  );
  return (
    <>
      <PossibleOptOut lead={lead.id} name={lead.name} hold={lead.possible_opt_out} />
      <div className="shrink-0 border-b px-6 pt-3.5 pb-3 max-lg:px-4">
        <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
          <div className="min-w-0 flex-1 basis-65">
            <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
              <h2 className="text-person font-semibold break-words max-sm:sr-only">{lead.name}</h2>
              {lead.temperature === "hot" ? (
                <Badge tone="hot" icon={<HeatMark temperature="hot" />}>
                  Hot {lead.score}
                  {lead.hot_until ? `, until ${day(lead.hot_until)}` : ""}
                </Badge>
              ) : null}
              {lead.priority === "high" ? <Badge tone="warm">High priority</Badge> : null}
              {lead.do_not_contact ? <Badge>Do not contact</Badge> : null}
              {silence && !lead.do_not_contact ? (
                <Badge tone={held ? "held" : "bad"}>
                  {held ? "Possible opt-out" : silence.all ? "Opted out" : "One channel blocked"}
                </Badge>
              ) : null}
              {lead.away ? (
                <Badge>
                  {lead.away.returns_on ? `Out of office, back on ${civilDay(lead.away.returns_on)}` : "Out of office"}
                </Badge>
              ) : null}
            </div>
            <p className="text-ink-2">{place}</p>
            {silence && !held && !lead.do_not_contact ? <p className="text-bad-ink">{silence.told}</p> : null}
          </div>
          <div
            className={cx(
              "flex flex-wrap gap-2 max-sm:w-full max-sm:[&>*]:px-2",
              underWay.length ? "max-sm:grid max-sm:grid-cols-2" : "max-sm:[&>*]:flex-auto",
            )}
          >
            {may ? (
              <>
                <Button
                  kind="primary"
                  icon={<Mail size={15} />}
                  hint="M"
                  disabled={silence?.all || lead.do_not_contact || (!lead.email && !lead.phone)}
                  onClick={() => setWriting("message")}
                >
                  {lead.email || !lead.phone ? "E-mail" : "SMS"}
                </Button>
                {number ? <CallLead number={number} lead={lead.id} /> : null}
                <Button
                  icon={<UserRoundPlus size={15} />}
                  hint="Q"
                  disabled={silence?.all || lead.do_not_contact}
                  onClick={() => setDialog({ open: "enrol" })}
                >
                  Enrol
                </Button>
                <FollowUp
                  at={lead.follow_up_at}
                  rule={lead.follow_up_rule?.name}
                  onSet={(follow_up_at, text) => {
                    save({ follow_up_at }, follow_up_at ? `Follow-up ${when(follow_up_at)}` : "Follow-up removed");
                    if (text) note.mutate(text, { onError: (error) => toastProblem("Could not save the note", error) });
                  }}
                />
              </>
            ) : null}
            {enrolments.length ? null : (
              <Button icon={<CircleQuestionMark size={15} />} hint="W" onClick={() => setDialog({ open: "why" })}>
                Why
              </Button>
            )}
            {may ? (
              <Button icon={<SquareCheckBig size={15} />} hint="T" onClick={() => setDialog({ open: "task" })}>
                Task
              </Button>
            ) : null}
            {may ? <PauseLead id={lead.id} name={lead.name} underWay={underWay} /> : null}
            {may && underWay.length ? (
              <Button icon={<OctagonPause size={15} />} onClick={() => setDialog({ open: "stop" })}>
                Remove from campaigns
              </Button>
            ) : null}
            {mayDelete ? (
              <Button
                kind="quiet"
                icon={<Trash2 size={15} />}
                hint="#"
                busy={deletion.isPending}
                onClick={() => void remove()}
              >
                Delete
              </Button>
            ) : null}
          </div>
        </div>
        <div className="mt-3 flex flex-wrap items-center gap-x-6 gap-y-2">
          {stage >= 0 ? (
            <Stepper label="Stage" items={life.map(({ name }) => name)} current={stage} />
          ) : (
            <Badge>
              {stageWord(lead.status)}
              {lead.lost_reason ? `: ${reasonWord(lead.lost_reason)}` : ""}
            </Badge>
          )}
          {may ? (
            <Select
              aria-label="Move to another stage"
              bare
              value={lead.status}
              options={stageOptions()}
              onValue={move}
              ref={stageField}
              className="w-30"
            />
          ) : null}
          <span className={isStale(lead, now) ? "text-warm-ink" : "text-ink-2"}>
            {daysIn(lead.stage_since, now) > 0
              ? `${plural(daysIn(lead.stage_since, now), "day")} in this stage`
              : "In this stage since today"}
            {isStale(lead, now) ? ", stale" : ""}
          </span>
          <div className="ml-auto flex flex-wrap items-center gap-x-5 gap-y-1 max-lg:ml-0">
            {enrolments.map((e, i) => (
              <EnrolmentLine
                key={`${e.campaign}${i}`}
                enrolment={e}
                onWhy={() => setDialog({ open: "why", campaign: e.campaign })}
              />
            ))}
          </div>
        </div>
      </div>
      {wide ? (
        <div className="flex min-h-0 flex-1">
          <Scrollable label="Facts" className="w-75 shrink-0 overflow-y-auto border-r -outline-offset-2">
            {facts}
          </Scrollable>
          <Scrollable label="Activity" className="min-w-0 flex-1 overflow-y-auto -outline-offset-2">
            <div className="max-w-table">{story}</div>
          </Scrollable>
        </div>
      ) : (
        <>
          <Tabs
            label="Parts"
            items={[
              { id: "timeline", label: "Timeline" },
              { id: "facts", label: "Facts" },
            ]}
            value={tab}
            onChange={setTab}
          />
          <Scrollable
            label={tab === "facts" ? "Facts" : "Timeline"}
            className="min-h-0 flex-1 overflow-y-auto -outline-offset-2"
          >
            {tab === "timeline" ? story : facts}
          </Scrollable>
        </>
      )}
      <LeadWhyDrawer
        lead={lead.id}
        name={lead.name}
        first={dialog?.open === "why" ? dialog.campaign : undefined}
        open={dialog?.open === "why"}
        onClose={close}
      />
      <StopDialog
        open={dialog?.open === "stop"}
        onClose={close}
        name={lead.name}
        campaigns={underWay.map((e) => e.campaign_name)}
        busy={stop.isPending}
        onStop={() =>
          stop.mutate(undefined, {
            onSuccess: () => {
              close();
              toast(`Sequences stopped for ${lead.name}`);
            },
            onError: (error) => toastProblem("Could not stop the sequences", error),
          })
        }
      />
      <TaskDialog open={dialog?.open === "task"} onClose={close} lead={{ id: lead.id, name: lead.name }} />
      <EnrolDialog open={dialog?.open === "enrol"} onClose={close} count={1} whom={{ ids: [lead.id] }} />
    </>
  );
}

function EnrolmentLine({ enrolment: e, onWhy }: { enrolment: LeadEnrolment; onWhy: () => void }) {
  const zone = useWorkspaceZone();
  const standing = useStanding();
  const wait = e.campaign_state === "paused" ? "the campaign is paused" : waitOf(standing, undefined, e.due);
  const state =
    e.state === "ended"
      ? e.end_reason
        ? END_WORDS[e.end_reason]
        : "Ended"
      : e.state === "held"
        ? `${e.hold_reason ? HOLD_WORDS[e.hold_reason] : "Held"}${e.held_until ? `, until ${holdEnd(e, zone)}` : ""}`
        : e.state === "pending"
          ? `waiting for launch${e.pause_wanted ? ", then paused" : ""}`
          : e.state === "sending"
            ? `being sent${e.pause_wanted ? ", then paused" : ""}`
            : e.state === "waiting_task"
              ? "needs you"
              : wait
                ? `waits: ${wait}`
                : e.due
                  ? `next ${when(e.due)}`
                  : `step ${e.step + 1} of ${e.steps}`;
  const marks = enrolmentMarks({ ...e, reason: e.hold_reason ?? e.end_reason });
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <span className="text-ink-2">In</span>
      <Link to="/campaigns/$id" params={{ id: e.campaign }} className="font-medium hover:underline">
        {e.campaign_name}
      </Link>
      <StepLine marks={marks} said={markLabels(marks, e.line)} />
      <span className="text-meta text-ink-3">{state}</span>
      <Button kind="inline" onClick={onWhy} aria-label={`Why, in ${e.campaign_name}`} className="min-h-6 px-1">
        Why
      </Button>
    </span>
  );
}
