// A few of the leads that match, spread over fit: what scored, and the reasons of the chosen one in words.
import { Link } from "@tanstack/react-router";
import { Check, X } from "lucide-react";
import { Fragment, useState } from "react";
import type { FitExample, FitReason } from "@/api/types";
import { cx } from "@/shared/lib/cx";
import { Button } from "@/shared/ui/button";
import { Scrollable } from "@/shared/ui/scrollable";

/** The weights that have a column of their own. */
const SHOWN = 6;

function Scored({ reason }: { reason: FitReason | undefined }) {
  if (!reason) return null;
  switch (reason.answer) {
    case "not_known":
      return (
        <span className="rounded-key border border-held border-dashed px-1 text-meta text-held-ink">not known</span>
      );
    case "met":
      return /^\d/.test(reason.value ?? "") && (reason.value ?? "").length < 9 ? (
        <span className="font-medium text-good-ink">{reason.value}</span>
      ) : (
        <Check size={14} role="img" aria-label="met" className="inline text-good-ink" />
      );
    case "not_met":
      return <span className="text-ink-3">{/^\d/.test(reason.value ?? "") ? reason.value : "–"}</span>;
  }
}

/** What adds to the fit, then what does not, then what is not known. */
export function reasonsInWords(reasons: readonly FitReason[]): string {
  const said = (answer: FitReason["answer"]) => reasons.filter((r) => r.answer === answer).map((r) => r.text);
  const sentence = (parts: string[]) => (parts.length ? `${parts.join(", ")}.` : "");
  return [sentence(said("met")), ...said("not_met").map((text) => sentence([text])), sentence(said("not_known"))]
    .filter(Boolean)
    .map((text) => text.charAt(0).toUpperCase() + text.slice(1))
    .join(" ");
}

export function Sample({
  leads,
  outside,
  heads,
  isOld,
}: {
  leads: readonly FitExample[];
  outside?: FitExample | null;
  /** The heads of the weights' columns. */
  heads: readonly string[];
  isOld: boolean;
}) {
  const [chosen, choose] = useState<string>();
  const shown = heads.slice(0, SHOWN);
  const open = leads.some(({ id }) => id === chosen) ? chosen : leads[0]?.id;
  const failed = outside?.fit.failed_rule ?? undefined;
  return (
    <Scrollable label="Sample" className={cx("overflow-x-auto", isOld && "text-ink-2")}>
      <table className="w-full min-w-130 text-left">
        <thead>
          <tr className="h-8 border-y bg-canvas text-ink-2">
            <th scope="col" className="pl-6 font-normal max-lg:pl-4">
              Lead
            </th>
            <th scope="col" className="w-12 pr-3 text-right font-normal">
              Fit
            </th>
            {shown.map((head, i) => (
              <th key={i} scope="col" className="max-w-24 truncate pr-3 font-normal" title={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {leads.map((lead) => (
            <Fragment key={lead.id}>
              <tr className={cx("h-9", open === lead.id ? "bg-sunken" : "border-b hover:bg-sunken")}>
                <th
                  scope="row"
                  className={cx(
                    "max-w-60 truncate pl-6 font-normal max-lg:pl-4",
                    open === lead.id && "shadow-[inset_3px_0_0_var(--accent)]",
                  )}
                >
                  <Button
                    kind="bare"
                    aria-expanded={open === lead.id}
                    title={`Why ${lead.name} has this fit`}
                    onClick={() => choose(lead.id)}
                    className="max-w-full truncate hover:underline"
                  >
                    <span className="font-medium">{lead.name}</span>
                    {lead.company && lead.company !== lead.name ? (
                      <span className="ml-2 text-ink-2">{lead.company}</span>
                    ) : null}
                  </Button>
                </th>
                <td className="pr-3 text-right font-semibold">{lead.fit.points}</td>
                {shown.map((_, i) => (
                  <td key={i} className="max-w-24 truncate pr-3">
                    <Scored reason={lead.fit.weights[i]} />
                  </td>
                ))}
              </tr>
              {open === lead.id ? (
                <tr className="border-b bg-sunken">
                  <td
                    colSpan={shown.length + 2}
                    className="px-6 pb-2 text-ink-2 shadow-[inset_3px_0_0_var(--accent)] max-lg:px-4"
                  >
                    {reasonsInWords(lead.fit.weights) || "Nothing adds to fit yet: every lead that matches has 100."}{" "}
                    <Link
                      to="/leads/$id"
                      params={{ id: lead.id }}
                      className="font-medium text-accent-ink underline underline-offset-2"
                    >
                      Open {lead.name}
                    </Link>
                  </td>
                </tr>
              ) : null}
            </Fragment>
          ))}
          {outside && failed !== undefined ? (
            <tr className="h-9 border-b text-ink-2">
              <th scope="row" className="max-w-60 truncate pl-6 font-normal max-lg:pl-4">
                {outside.name}
                {outside.company && outside.company !== outside.name ? (
                  <span className="ml-2">{outside.company}</span>
                ) : null}
              </th>
              <td className="pr-3 text-right">–</td>
              <td colSpan={Math.max(1, shown.length)} className="pr-3">
                <X size={13} aria-hidden="true" className="mr-1.5 inline text-bad" />
                Just outside: {outside.fit.rules[failed]?.text}
              </td>
            </tr>
          ) : null}
        </tbody>
      </table>
    </Scrollable>
  );
}
