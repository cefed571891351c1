// The campaign's leads: where each stands on the line, what is next, and why.
import { Link, useNavigate } from "@tanstack/react-router";
import { CircleHelp, CirclePause } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { CampaignView, EnrolmentView } from "@/api/types";
import { StepLine } from "@/app/parts/stepper";
import { useWorkspaceZone } from "@/app/shell/queries";
import { enrolmentMarks } from "@/app/timeline/step-marks";
import { type Column, Grid } from "@/shared/grid/grid";
import { useRows } from "@/shared/grid/use-rows";
import { cx } from "@/shared/lib/cx";
import { plural, when } from "@/shared/lib/format";
import { usePhone } from "@/shared/lib/hooks";
import { useKeys } from "@/shared/lib/keyboard";
import { END_WORDS, HOLD_WORDS, untilWords } from "@/shared/lib/labels";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Empty, ErrorState, LoadingRows } from "@/shared/ui/states";
import { fetchPeople, type PeopleFilter } from "./queries";

// These parts are loaded only when they are opened.
const WhyDrawer = lazy(() => import("@/app/timeline/why").then((m) => ({ default: m.WhyDrawer })));
const HeldReasons = lazy(() => import("./held-reasons").then((m) => ({ default: m.HeldReasons })));

const FILTERS: { id: PeopleFilter | "all"; label: string }[] = [
  { id: "all", label: "All" },
  { id: "moving", label: "Active" },
  { id: "waiting_task", label: "Needs you" },
  { id: "held", label: "Held" },
  { id: "ended", label: "Ended" },
  { id: "pending", label: "Not started" },
];

export function StateBadge({ row }: { row: EnrolmentView }) {
  if (row.state === "held") {
    return row.hold_reason === "uncertain" ? (
      <Badge tone="uncertain" icon={<CircleHelp size={13} aria-hidden="true" />}>
        Uncertain
      </Badge>
    ) : (
      <Badge tone="held" icon={<CirclePause size={13} aria-hidden="true" />}>
        Held
      </Badge>
    );
  }
  if (row.state === "ended") {
    const good = ["replied", "won", "booked", "goal_reached"].includes(row.end_reason ?? "");
    const bad = row.end_reason === "failed" || row.end_reason === "bounced";
    return (
      <Badge tone={good ? "good" : bad ? "bad" : "plain"}>{row.end_reason ? END_WORDS[row.end_reason] : "Ended"}</Badge>
    );
  }
  if (row.state === "waiting_task") return <>Needs you</>;
  return <>{row.state === "pending" ? "Not started" : "Active"}</>;
}

const standing = (r: EnrolmentView, steps: number) =>
  enrolmentMarks({ state: r.state, reason: r.hold_reason ?? r.end_reason, step: r.step, steps });

function nextOf(row: EnrolmentView, zone?: string): string {
  if (row.state === "ended") return "–";
  if (row.state === "pending") return "Waiting for launch";
  if (row.state === "sending") return "Sending";
  if (row.state === "waiting_task") return `Step ${row.step + 1}, after its task`;
  if (row.state === "held") return untilWords(row, zone);
  return row.due ? `Step ${row.step + 1}, ${when(row.due)}` : `Step ${row.step + 1}`;
}

function whyOf(row: EnrolmentView): string {
  if (row.state === "pending" && row.pause_wanted) return "Paused after launch";
  if (row.bound_for && row.state !== "held") return `Moves to version ${row.bound_for}`;
  if (row.state === "held") return row.hold_reason ? HOLD_WORDS[row.hold_reason] : "";
  // How it ended is the row's state.
  return "";
}

export function People({
  campaign,
  steps,
  filter,
  onFilter,
}: {
  campaign: CampaignView;
  steps: number;
  filter: PeopleFilter | undefined;
  onFilter: (f: PeopleFilter | undefined) => void;
}) {
  const navigate = useNavigate();
  const phone = usePhone();
  const zone = useWorkspaceZone();
  const [cursor, setCursor] = useState(0);
  const [why, setWhy] = useState<string>();
  const rows = useRows<EnrolmentView>(
    ["campaigns", "people", campaign.id, filter ?? "all"],
    (c, limit, signal) => fetchPeople(campaign.id, filter, c, limit, signal),
    { refetchInterval: 10_000 },
  );
  useKeys({ w: () => setWhy(rows.at(cursor)?.lead_id) });
  const columns: Column<EnrolmentView>[] = [
    {
      id: "name",
      header: "Name",
      width: "minmax(140px,1.1fr)",
      cell: (r) => (
        <Link to="/leads/$id" params={{ id: r.lead_id }} className="font-medium hover:underline">
          {r.lead_name}
        </Link>
      ),
    },
    {
      id: "company",
      header: "Company",
      width: "minmax(120px,1.1fr)",
      cell: (r) => <span className="text-ink-2">{r.company}</span>,
    },
    { id: "line", header: "Sequence", width: "140px", cell: (r) => <StepLine marks={standing(r, steps)} /> },
    { id: "state", header: "State", width: "164px", cell: (r) => <StateBadge row={r} /> },
    {
      id: "next",
      header: "Next",
      width: "minmax(150px,1.1fr)",
      cell: (r) => <span className={cx(r.state === "ended" && "text-ink-2")}>{nextOf(r, zone)}</span>,
    },
    {
      id: "why",
      header: "Why",
      width: "minmax(140px,1.2fr)",
      cell: (r) => (
        <span className="flex min-w-0 items-center gap-2">
          <span className="min-w-0 flex-1 truncate text-ink-2">{whyOf(r)}</span>
          <Button
            kind="inline"
            onClick={() => setWhy(r.lead_id)}
            aria-label={`Why, for ${r.lead_name}`}
            className="min-h-6 px-1"
          >
            Why
          </Button>
        </span>
      ),
    },
  ];
  return (
    <section aria-label="Leads" className="flex min-h-[max(320px,70dvh)] flex-1 flex-col border-t">
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 px-6 max-lg:px-4">
        <Heading note={rows.total === undefined ? undefined : plural(rows.total, "lead")}>Leads</Heading>
        <fieldset aria-label="Filter by state" className="ml-auto flex flex-wrap">
          {FILTERS.map((f) => {
            const on = (filter ?? "all") === f.id;
            return (
              <Button
                kind="bare"
                key={f.id}
                aria-pressed={on}
                onClick={() => {
                  setCursor(0);
                  onFilter(f.id === "all" ? undefined : f.id);
                }}
                className={cx(
                  "h-control-sm rounded-control px-2.5 max-sm:h-10",
                  on ? "bg-sunken font-medium" : "text-ink-2 hover:bg-sunken",
                )}
              >
                {f.label}
              </Button>
            );
          })}
        </fieldset>
      </div>
      {filter === "held" ? (
        <Suspense fallback={null}>
          <HeldReasons campaign={campaign} />
        </Suspense>
      ) : null}
      {rows.error ? (
        <ErrorState what="The leads did not load" error={rows.error} retry={rows.refetch} />
      ) : rows.loading ? (
        <LoadingRows rows={6} />
      ) : rows.count === 0 ? (
        <Empty title={filter ? "No leads in this state" : "No leads in this campaign yet"}>
          {filter ? undefined : "Add leads here, or enrol them from the Leads page."}
        </Empty>
      ) : (
        <Grid
          label="Leads"
          rows={rows}
          columns={columns}
          rowId={(r) => r.lead_id}
          rowName={(r) => r.lead_name}
          cursor={cursor}
          onCursor={setCursor}
          onOpen={(r) => void navigate({ to: "/leads/$id", params: { id: r.lead_id } })}
          card={phone ? (r) => <PersonCard row={r} steps={steps} onWhy={() => setWhy(r.lead_id)} /> : undefined}
          cardHeight={96}
        />
      )}
      {why ? (
        <Suspense fallback={null}>
          <WhyDrawer campaign={campaign.id} lead={why} onClose={() => setWhy(undefined)} />
        </Suspense>
      ) : null}
    </section>
  );
}

/** The whole card links to the lead, except for the "why" button. */
function PersonCard({ row, steps, onWhy }: { row: EnrolmentView; steps: number; onWhy: () => void }) {
  const zone = useWorkspaceZone();
  return (
    <div className="relative flex h-full flex-col justify-between rounded-card border border-line bg-surface px-4 py-2.5 dark:bg-raised">
      <span className="flex justify-between gap-3">
        <span className="min-w-0">
          <Link
            to="/leads/$id"
            params={{ id: row.lead_id }}
            className="block truncate font-semibold after:absolute after:inset-0 after:content-['']"
          >
            {row.lead_name}
          </Link>
          <span className="block truncate text-meta text-ink-2">{row.company}</span>
        </span>
        <StateBadge row={row} />
      </span>
      <span className="flex items-center justify-between gap-3">
        <StepLine marks={standing(row, steps)} />
        <span className="min-w-0 flex-1 truncate text-right text-meta text-ink-2">{nextOf(row, zone)}</span>
        <Button
          kind="bare"
          onClick={onWhy}
          aria-label={`Why, for ${row.lead_name}`}
          className="relative z-1 -my-2.5 -mr-2 min-h-11 px-2 font-medium text-accent-ink"
        >
          Why
        </Button>
      </span>
    </div>
  );
}
