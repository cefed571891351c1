// How the lead fits the workspace's main ICP, and why.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, CircleQuestionMark, X } from "lucide-react";
import type { FitReason } from "@/api/types";
import { icpsQuery, leadFitQuery } from "@/app/icp/queries";
import { cx } from "@/shared/lib/cx";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";

const MARKS = {
  met: <Check size={14} aria-label="met" className="mt-[3px] shrink-0 text-good-ink" />,
  not_met: <X size={14} aria-label="not met" className="mt-[3px] shrink-0 text-ink-3" />,
  not_known: <CircleQuestionMark size={14} aria-label="not known" className="mt-[3px] shrink-0 text-held-ink" />,
};

function Reasons({
  label,
  reasons,
  points,
}: {
  label: string;
  reasons: readonly FitReason[];
  points?: readonly number[];
}) {
  if (reasons.length === 0) return null;
  const all = points?.reduce((sum, n) => sum + n, 0) ?? 0;
  return (
    <ul aria-label={label} className="mt-1 space-y-0.5">
      {reasons.map((reason, i) => (
        <li key={i} className={cx("flex items-start gap-1.5", reason.answer !== "met" && "text-ink-2")}>
          {MARKS[reason.answer]}
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{reason.text}</span>
          {points && reason.answer === "met" ? (
            <span className="shrink-0 text-good-ink">+{Math.round((100 * (points[i] ?? 0)) / all)}</span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

export function LeadFit({ id, rev }: { id: string; rev: number }) {
  const main = useQuery(icpsQuery).data?.items.find((icp) => icp.main);
  const query = useQuery({ ...leadFitQuery(main?.id ?? "", id, rev), enabled: !!main });
  if (!main) return null;
  const answer = query.data;
  const fit = answer?.fit;
  const failed = fit?.rules.filter((reason) => reason.answer !== "met") ?? [];
  return (
    <section aria-label="Fit" className="border-t px-6 py-3 max-lg:px-4">
      <Heading
        note={
          <Link to="/icp/$id" params={{ id: main.id }} className="hover:text-ink hover:underline">
            {main.name}
          </Link>
        }
      >
        Fit
      </Heading>
      {query.error ? (
        <p role="alert" className="text-bad-ink">
          The fit did not load.{" "}
          <Button kind="inline" onClick={() => void query.refetch()}>
            Try again
          </Button>
        </p>
      ) : !fit ? (
        <p role="status" className="text-ink-3">
          Looking…
        </p>
      ) : (
        <>
          <p>
            {typeof fit.points === "number" ? (
              <>
                <span className="text-figure font-semibold">{fit.points}</span>{" "}
                <span className="text-ink-2">
                  of 100, {fit.points >= answer.threshold ? "a good fit" : `good from ${answer.threshold} on`}
                </span>
              </>
            ) : (
              <span className="font-medium">
                {fit.opted_out
                  ? "Not to be contacted"
                  : fit.verdict === "just_outside"
                    ? "Just outside"
                    : "Does not fit"}
              </span>
            )}
          </p>
          {typeof fit.points === "number" ? null : <Reasons label="Rules that fail" reasons={failed} />}
          <Reasons label="What adds to fit" reasons={fit.weights} points={answer.points} />
        </>
      )}
    </section>
  );
}
