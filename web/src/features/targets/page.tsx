// Targets of a month: the team's and each member's, what they have reached, and the months before. A rep sees their own.
import { useQueries, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { serverNow } from "@/api/clock";
import { useMay } from "@/app/auth/use-may";
import { useSees } from "@/app/auth/use-sees";
import { useIdentity } from "@/app/auth/use-session";
import { useCommands } from "@/app/commands/registry";
import { Page, Scroll } from "@/app/shell/page";
import { FIGURE_NAMES, FIGURES, hasTargets, reachedWords } from "@/app/targets/figures";
import { PaceNote, TargetBar } from "@/app/targets/progress";
import { type Progresses, pastTargetsQuery, type Targets, targetsQuery } from "@/app/targets/queries";
import { plural } from "@/shared/lib/format";
import { monthAfter, monthOf, monthWords } from "@/shared/lib/months";
import { Button, IconButton } from "@/shared/ui/button";
import { Figures, Heading, StatTile } from "@/shared/ui/section";
import { Empty, ErrorState, Loaded, useTogether } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { EditTargets } from "./edit-targets";
import { MonthsBefore } from "./months-before";

/** The months before the shown one that the page compares it with. */
const MONTHS_BEFORE = 5;
/** The server knows the present month with eleven before and twelve after it. */
const KEPT_BEFORE = 11;
const AHEAD = 12;

export function TargetsPage() {
  const now = monthOf(Number(serverNow()));
  const { month = now } = useSearch({ from: "/app/targets" });
  const query = useQuery(targetsQuery(month));
  const oldest = monthAfter(now, -KEPT_BEFORE);
  const before = Array.from({ length: MONTHS_BEFORE }, (_, i) => monthAfter(month, i - MONTHS_BEFORE));
  const months = before.filter((one) => one >= oldest && one <= now);
  const past = useQueries({ queries: months.map((one) => pastTargetsQuery(one)) });
  const isThere = useTogether([query, ...past], month);
  const [editing, setEditing] = useState(false);
  // The server says the same with the answer; the button is there before, so that nothing moves.
  const mayChange = useMay("manager") && month >= now;
  const edits = editing && mayChange && query.data?.month === month;
  useCommands(
    mayChange && !editing
      ? [
          {
            id: "set-targets",
            title: "Set targets",
            also: "goals quota edit",
            group: "This page" as const,
            keys: "e",
            run: () => setEditing(true),
          },
        ]
      : [],
  );
  return (
    <Page
      title="Targets"
      muted={monthWords(month)}
      actions={
        mayChange && !edits ? (
          <Button hint="E" disabled={!query.data} onClick={() => setEditing(true)}>
            Set targets
          </Button>
        ) : null
      }
    >
      <Scroll>
        <Months month={month} oldest={oldest} newest={monthAfter(now, AHEAD)} onMonth={() => setEditing(false)} />
        <Loaded query={isThere ? query : { ...query, data: undefined }} what="The targets">
          {(targets) => (
            <>
              <DaysNote targets={targets} isNow={month === now} />
              {edits ? (
                <EditTargets key={month} targets={targets} onClose={() => setEditing(false)} />
              ) : (
                <OfMonth targets={targets} onSet={mayChange ? () => setEditing(true) : undefined} />
              )}
              {past.some((one) => one.error) ? (
                <ErrorState
                  what="The months before did not load"
                  error={past.find((one) => one.error)?.error}
                  retry={() => past.forEach((one) => void one.refetch())}
                />
              ) : (
                <MonthsBefore months={[...past.flatMap((one) => one.data ?? []), targets]} />
              )}
            </>
          )}
        </Loaded>
      </Scroll>
    </Page>
  );
}

function Months({
  month,
  oldest,
  newest,
  onMonth,
}: {
  month: string;
  oldest: string;
  newest: string;
  onMonth: () => void;
}) {
  const navigate = useNavigate();
  const go = (by: number) => {
    onMonth();
    void navigate({ to: "/targets", search: { month: monthAfter(month, by) } });
  };
  return (
    <div className="flex items-center gap-1 px-6 py-3 max-lg:px-4">
      <IconButton
        label="The month before"
        icon={<ChevronLeft size={16} />}
        disabled={month <= oldest}
        onClick={() => go(-1)}
      />
      <span className="min-w-36 text-center font-medium" aria-live="polite">
        {monthWords(month)}
      </span>
      <IconButton
        label="The next month"
        icon={<ChevronRight size={16} />}
        disabled={month >= newest}
        onClick={() => go(1)}
      />
    </div>
  );
}

function DaysNote({ targets, isNow }: { targets: Targets; isNow: boolean }) {
  const { working_days, days_over, currency } = targets;
  return (
    <div className="space-y-1 px-6 pb-3 text-ink-2 max-lg:px-4">
      {isNow ? (
        <p>
          {days_over} of {plural(working_days, "working day")} are over. A month begins at midnight UTC. The mark on a
          bar is the pace: where the figure should be by now.
        </p>
      ) : null}
      {targets.other_currencies ? (
        <p role="note">Payments in other currencies than {currency} are not counted.</p>
      ) : null}
      {targets.cut_off ? (
        <p role="note">There are more calls or moves of leads than are counted, and some figures are too low.</p>
      ) : null}
    </div>
  );
}

function OfMonth({ targets, onSet }: { targets: Targets; onSet?: () => void }) {
  const { team, members } = targets;
  const me = useIdentity()?.user.id;
  const isRep = members.length === 1 && !onSet;
  const own = isRep ? members.find((member) => member.user === me) : undefined;
  const isSet = hasTargets(team) || members.some((member) => hasTargets(member.progress));
  return (
    <>
      {isSet ? null : (
        <Empty
          title="No targets in this month"
          className="!mx-6 max-lg:!mx-4"
          actions={
            onSet ? (
              <Button kind="primary" onClick={onSet}>
                Set targets
              </Button>
            ) : undefined
          }
        >
          {onSet
            ? "Set how many calls, meetings, won leads and how much money the team is to reach. What is reached is counted automatically."
            : "A manager sets how many calls, meetings and won leads are to be reached, and how much money."}
        </Empty>
      )}
      {team ? (
        <Tiles title="Team" note="everything of the workspace" of="the team" progress={team} targets={targets} />
      ) : null}
      {own ? <Tiles title="Your figures" of="you" progress={own.progress} targets={targets} /> : null}
      {own ? null : <Members targets={targets} />}
    </>
  );
}

/** The figures of the team, or of the one user whom the page shows. */
function Tiles({
  title,
  note,
  of,
  progress,
  targets,
}: {
  title: string;
  note?: string;
  of: string;
  progress: Progresses;
  targets: Targets;
}) {
  return (
    <section aria-label={title} className="px-6 pb-4 max-lg:px-4">
      <Heading note={note}>{title}</Heading>
      <Figures className="border-t">
        {FIGURES.map((figure) => (
          <StatTile
            key={figure}
            label={FIGURE_NAMES[figure]}
            figure={reachedWords(figure, progress[figure], targets.currency)}
            note={
              <>
                <span className="block py-1.5">
                  <TargetBar figure={figure} progress={progress[figure]} targets={targets} of={of} />
                </span>
                <PaceNote figure={figure} progress={progress[figure]} targets={targets} />
              </>
            }
          />
        ))}
      </Figures>
    </section>
  );
}

function Members({ targets }: { targets: Targets }) {
  const me = useIdentity()?.user.id;
  const sees = useSees();
  const { members } = targets;
  return (
    <section aria-label="Members" className="px-6 pb-4 max-lg:px-4">
      <Heading note={sees === "all" ? undefined : "of your team"}>Members</Heading>
      {members.length === 0 ? (
        <p className="border-t pt-2 text-ink-2">Nobody here makes calls or has leads.</p>
      ) : (
        <Table
          caption="Members"
          scrolls="Table of members"
          head={
            <>
              <Th>Team member</Th>
              {FIGURES.map((figure) => (
                <Th key={figure} className="min-w-40">
                  {FIGURE_NAMES[figure]}
                </Th>
              ))}
            </>
          }
        >
          {members.map(({ user, name, progress }) => (
            <Row key={user} size="auto" className="align-top">
              <Th scope="row" className="py-2 whitespace-nowrap">
                {name}
                {user === me ? <span className="ml-1.5 font-normal text-ink-2">you</span> : null}
              </Th>
              {FIGURES.map((figure) => (
                <Td key={figure} className="py-2">
                  {reachedWords(figure, progress[figure], targets.currency)}
                  <span className="block py-1">
                    <TargetBar figure={figure} progress={progress[figure]} targets={targets} of={name} />
                  </span>
                  <PaceNote figure={figure} progress={progress[figure]} targets={targets} />
                </Td>
              ))}
            </Row>
          ))}
        </Table>
      )}
    </section>
  );
}
