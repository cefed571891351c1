// The grid's columns and the phone's card.

import { Link } from "@tanstack/react-router";
import type { LeadRow } from "@/api/types";
import { Heat } from "@/app/parts/heat";
import { stageChange } from "@/app/stages/lost-reason";
import { EditCell } from "@/shared/grid/edit-cell";
import type { Column } from "@/shared/grid/grid";
import { countryName } from "@/shared/lib/country-name";
import { clock, day, when } from "@/shared/lib/format";
import { stageOptions, stageWord } from "@/shared/lib/stages";
import { Badge } from "@/shared/ui/badge";
import { later } from "@/shared/ui/later";
import { openList } from "@/shared/ui/select";
import { FieldCell } from "./columns/field-cell";
import { columnWord, DEFAULT_COLUMNS, NEXT_STEP, WIDE_COLUMNS } from "./model";
import type { LeadChanges } from "./queries";

const NextStep = later(() => import("./next-step").then((m) => m.NextStepCell));

/** The lead's local time, muted at night; nothing if the browser does not know the time zone. */
export function TheirTime({ zone, country, now }: { zone?: string | null; country?: string | null; now: number }) {
  if (!zone) return <span className="text-ink-3">–</span>;
  try {
    const time = clock(now, zone);
    const hour = Number(time.slice(0, 2));
    return (
      <span className={hour < 8 || hour >= 20 ? "text-ink-3" : undefined}>
        {country ? <span className="mr-2 inline-block w-5 text-ink-3">{country}</span> : null}
        {time}
      </span>
    );
  } catch {
    return <span className="text-ink-3">–</span>;
  }
}

function FollowUp({ at, now }: { at?: string | null; now: number }) {
  if (!at) return <span className="text-ink-3">–</span>;
  return new Date(at).getTime() < now ? <span className="text-bad-ink">due {when(at, now)}</span> : when(at, now);
}

/** What bars every message to the lead. */
export const barWord = (lead: Pick<LeadRow, "do_not_contact" | "possible_opt_out">) =>
  lead.do_not_contact ? "Do not contact" : lead.possible_opt_out ? "Possible opt-out" : undefined;

export function leadColumns(options: {
  now: number;
  campaigns: Record<string, string>;
  /** The permission without which nothing can be changed. */
  change?: (row: LeadRow, changes: LeadChanges) => void;
  narrow: boolean;
  /** The columns by name, in their order; the usual ones if none were chosen. */
  chosen?: readonly string[];
  custom: readonly { key: string; label: string }[];
}): Column<LeadRow>[] {
  const { now, campaigns, change, narrow, chosen, custom } = options;
  const known: Column<LeadRow>[] = [
    {
      id: "name",
      header: "Name",
      width: "minmax(130px,1.2fr)",
      sortable: true,
      cell: (l) => (
        <Link to="/leads/$id" params={{ id: l.id }} className="font-medium hover:underline">
          {l.name}
        </Link>
      ),
    },
    {
      id: "company",
      header: "Company",
      width: "minmax(120px,1.35fr)",
      sortable: true,
      cell: (l) =>
        change ? (
          <EditCell
            label="Company"
            value={l.company ?? ""}
            onSave={(company) => change(l, { company: company || null })}
            className="text-ink-2"
          />
        ) : (
          <span className="truncate text-ink-2">{l.company || "–"}</span>
        ),
    },
    {
      id: "score",
      header: "Score",
      width: "72px",
      sortable: true,
      cell: (l) => <Heat score={l.score} temperature={l.temperature} />,
    },
    {
      id: "status",
      header: "Stage",
      width: "112px",
      sortable: true,
      cell: (l) =>
        change ? (
          <select
            aria-label={`Stage of ${l.name}`}
            onKeyDown={openList}
            value={l.status}
            onChange={(e) => void stageChange(e.target.value, l.name, l.status).then((to) => to && change(l, to))}
            className="-ml-1 h-6 max-w-full appearance-none rounded-key bg-transparent px-1 hover:bg-trough"
          >
            {stageOptions().map((o) => (
              <option key={o.value} value={o.value}>
                {o.label}
              </option>
            ))}
          </select>
        ) : (
          stageWord(l.status)
        ),
    },
    {
      id: "campaign",
      header: "Campaign",
      width: "minmax(110px,.9fr)",
      sortable: true,
      cell: (l) =>
        barWord(l) ? (
          <Badge tone={l.do_not_contact ? "plain" : "held"}>{barWord(l)}</Badge>
        ) : l.active.length ? (
          <span className="text-ink-2">{l.active.map((id) => campaigns[id] ?? "a campaign").join(", ")}</span>
        ) : (
          <span className="text-ink-3">–</span>
        ),
    },
    {
      id: "follow_up",
      header: "Follow-up",
      width: "minmax(100px,1.15fr)",
      sortable: true,
      cell: (l) => <FollowUp at={l.follow_up_at} now={now} />,
    },
    {
      id: NEXT_STEP,
      header: columnWord(NEXT_STEP, custom),
      width: "minmax(120px,1.4fr)",
      cell: (l) => <NextStep lead={l} now={now} campaigns={campaigns} />,
    },
    {
      id: "last_contacted",
      header: "Last contacted",
      width: "minmax(100px,.8fr)",
      sortable: true,
      cell: (l) => <span className="text-ink-2">{l.last_contacted_at ? day(l.last_contacted_at, now) : "Never"}</span>,
    },
    {
      id: "city",
      header: columnWord("city", custom),
      width: "minmax(100px,.9fr)",
      sortable: true,
      cell: (l) => <span className="text-ink-2">{l.city ?? (l.country ? countryName(l.country) : "–")}</span>,
    },
    {
      id: "time_zone",
      header: columnWord("time_zone", custom),
      width: "84px",
      sortable: true,
      cell: (l) => <TheirTime zone={l.zone} country={l.country} now={now} />,
    },
  ];
  const names = chosen ?? DEFAULT_COLUMNS.filter((name) => !narrow || !WIDE_COLUMNS.includes(name));
  return names.map(
    (name) =>
      known.find(({ id }) => id === name) ?? {
        id: name,
        header: columnWord(name, custom),
        width: "minmax(110px,1fr)",
        sortable: true,
        cell: (l) => <FieldCell row={l} name={name} now={now} />,
      },
  );
}

export function LeadCard({ lead, now, campaigns }: { lead: LeadRow; now: number; campaigns: Record<string, string> }) {
  return (
    <Link
      to="/leads/$id"
      params={{ id: lead.id }}
      className="flex h-full flex-col justify-between rounded-card border border-line bg-surface px-4 py-3 dark:bg-raised"
    >
      <div className="flex min-w-0 justify-between gap-3">
        <div className="min-w-0">
          <div className="truncate text-[16px] font-semibold">{lead.name}</div>
          <div className="truncate text-ink-2">{[lead.company, lead.city].filter(Boolean).join(", ")}</div>
        </div>
        <div className="shrink-0 text-right">
          <Heat score={lead.score} temperature={lead.temperature} />
          <div className="text-ink-2">
            <TheirTime zone={lead.zone} now={now} />
          </div>
        </div>
      </div>
      <div className="flex min-w-0 justify-between gap-3">
        <span className="text-ink-2">{barWord(lead) ?? stageWord(lead.status)}</span>
        <span className="min-w-0 truncate">
          {barWord(lead) ? null : <NextStep lead={lead} now={now} campaigns={campaigns} />}
        </span>
      </div>
    </Link>
  );
}
