// Every version of a sequence, the leads on it, and the progress of the latest rollout.
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { LIVE_MS } from "@/api/query";
import { useMay } from "@/app/auth/use-may";
import { teamQuery } from "@/app/shared-queries";
import { cx } from "@/shared/lib/cx";
import { count, plural, when } from "@/shared/lib/format";
import { Badge, State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { ProgressBar } from "@/shared/ui/progress";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { type PeopleChoice, type Rollout, rolloutsQuery, type Version, versionsQuery } from "./publish";

const CHOSEN: Record<PeopleChoice, string> = {
  keep: "new leads only",
  next_step: "all leads at their next step",
  now: "all leads now",
};

export function VersionsPanel({
  id,
  newest,
  onPublish,
  busy,
}: {
  id: string;
  newest: number;
  /** Shows what publishing this version would mean. */
  onPublish: (version: number) => void;
  busy: boolean;
}) {
  const may = useMay("rep");
  const rollouts = useQuery(rolloutsQuery(id));
  const moving = rollouts.data?.items.some((rollout) => !rollout.finished_at);
  const versions = useQuery({ ...versionsQuery(id), refetchInterval: moving ? LIVE_MS : false });
  const { refetch } = versions;
  // The query runs once more when the last lead has been moved.
  useEffect(() => {
    if (moving === false) void refetch({ cancelRefetch: false });
  }, [moving, refetch]);
  const team = useQuery(teamQuery).data?.items;
  /** ", by Maya"; nothing if the author is unknown. A program is named in its API key's list. */
  const by = (user?: string | null) => {
    if (user?.startsWith("key_")) return ", by a program";
    const name = team?.find((member) => member.id === user)?.name;
    return name ? `, by ${name}` : "";
  };
  return (
    <section aria-label="Versions" className="p-6 max-lg:p-4">
      <Loaded query={rollouts} what="The published versions">
        {({ items }) =>
          items.length ? (
            <>
              <Heading>Published</Heading>
              <ul className="mb-4 divide-y border-y">
                {items.slice(0, 5).map((rollout) => (
                  <RolloutRow key={rollout.id} rollout={rollout} by={by(rollout.by)} />
                ))}
              </ul>
            </>
          ) : null
        }
      </Loaded>
      <Heading note={versions.data ? String(versions.data.items.length) : undefined}>Versions</Heading>
      <Loaded query={versions} what="The versions">
        {(page) => (
          <ol className="divide-y border-y">
            {page.items.map((v) => (
              <VersionRow
                key={v.version}
                version={v}
                by={by}
                newest={v.version === newest}
                action={
                  may ? (
                    <Button
                      size="sm"
                      busy={busy}
                      aria-label={`Publish version ${v.version}`}
                      onClick={() => onPublish(v.version)}
                    >
                      Publish
                    </Button>
                  ) : null
                }
              />
            ))}
          </ol>
        )}
      </Loaded>
    </section>
  );
}

function VersionRow({
  version: v,
  by,
  newest,
  action,
}: {
  version: Version;
  by: (user?: string | null) => string;
  newest: boolean;
  action: React.ReactNode;
}) {
  return (
    <li className="flex min-h-row-two flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <div className="min-w-0 flex-1 max-sm:basis-full">
        <span className="font-medium">Version {v.version}</span> {newest ? <Badge tone="accent">Newest</Badge> : null}
        <p className="text-meta text-ink-2">
          {plural(v.steps.length, "step")}, created {when(v.made_at)}
          {by(v.made_by)}
        </p>
        {v.patches.map((patch) => (
          <p key={patch.at} className="text-meta text-ink-3">
            {patch.by
              ? `Text of ${plural(patch.before.length, "step")} corrected ${when(patch.at)}${by(patch.by)}`
              : `One variant was ahead in ${plural(patch.before.length, "step")}: the others were paused ${when(patch.at)}`}
          </p>
        ))}
      </div>
      {typeof v.under_way === "number" ? (
        <span className={cx("text-right max-sm:flex-1 max-sm:text-left", !v.under_way && "text-ink-3")}>
          {v.under_way ? `${count(v.under_way)} active` : "No active leads"}
        </span>
      ) : null}
      {action}
    </li>
  );
}

function RolloutRow({ rollout: r, by }: { rollout: Rollout; by: string }) {
  const settled = r.moved + r.exited + r.bound;
  const figures = [
    r.moved ? `${count(r.moved)} moved` : "",
    r.bound ? `${count(r.bound)} at their next step` : "",
    r.exited ? `${count(r.exited)} removed` : "",
  ].filter(Boolean);
  return (
    <li className="py-2">
      <div className="flex flex-wrap items-center gap-x-3">
        <span className="font-medium">Version {r.version}</span>
        <span className="text-ink-2">
          {CHOSEN[r.people]}, {when(r.ordered_at)}
          {by}
        </span>
        <State tone={r.finished_at ? "done" : "ramp"}>{r.finished_at ? "Done" : "In progress"}</State>
      </div>
      {r.people !== "keep" ? (
        <div className="mt-1 flex items-center gap-x-3 gap-y-1 max-sm:flex-wrap">
          <ProgressBar
            label={`Version ${r.version}: leads moved`}
            total={r.under_way}
            parts={[
              { value: r.moved, className: "bg-accent", label: `${r.moved} moved` },
              { value: r.exited, className: "bg-ink-2", label: `${r.exited} removed` },
              { value: r.bound, className: "bg-edge", label: `${r.bound} at their next step` },
            ]}
          />
          <span role="status" className="text-meta text-ink-2 sm:shrink-0">
            {figures.join(", ") || (r.finished_at ? "No leads to move" : "Checking")}
            {r.under_way > settled && !r.finished_at ? ` of ${count(r.under_way)}` : ""}
          </span>
        </div>
      ) : null}
    </li>
  );
}
