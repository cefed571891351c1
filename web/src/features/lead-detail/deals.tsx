// The deals of a lead: added, edited in their place, won, lost, opened again.

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { askLostReason } from "@/app/stages/lost-reason";
import { EditCell } from "@/shared/grid/edit-cell";
import { civilDay, day } from "@/shared/lib/format";
import { money } from "@/shared/lib/money";
import { reasonWord } from "@/shared/lib/stages";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Heading } from "@/shared/ui/section";
import { ErrorState } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { amountText, minorOf } from "./amount";
import { DealDialog } from "./deal-dialog";
import { type Deal, dealsQuery, useDealActions } from "./deal-queries";
import type { LeadDetail } from "./queries";

export function LeadDeals({ lead, may }: { lead: LeadDetail; may: boolean }) {
  const query = useQuery(dealsQuery(lead.id));
  const [adding, setAdding] = useState(false);
  const deals = query.data?.items;
  return (
    <section aria-label="Deals" className="border-t px-6 py-3 max-lg:px-4">
      <Heading
        aside={
          may ? (
            <Button size="sm" icon={<Plus size={14} />} onClick={() => setAdding(true)}>
              Add deal
            </Button>
          ) : undefined
        }
      >
        Deals
      </Heading>
      {query.error ? <ErrorState what="The deals did not load" error={query.error} retry={query.refetch} /> : null}
      {deals?.length === 0 ? (
        <p className="text-meta text-ink-2">No deals. A deal is money that you expect from this lead.</p>
      ) : null}
      {deals?.length ? (
        <ul className="divide-y">
          {deals.map((deal) => (
            <DealRow key={deal.id} deal={deal} may={may} />
          ))}
        </ul>
      ) : null}
      {adding ? <DealDialog lead={lead} onClose={() => setAdding(false)} /> : null}
    </section>
  );
}

function DealRow({ deal, may }: { deal: Deal; may: boolean }) {
  const { change, win, lose, reopen, remove } = useDealActions(deal.lead_id);
  const [deleting, setDeleting] = useState(false);
  const failed = (error: unknown) => toastProblem(`Could not change ${deal.name}`, error);
  const save = (changes: Parameters<typeof change.mutate>[0]) =>
    change.mutate(changes, { onSuccess: () => toast("Deal saved"), onError: failed });
  const isOpen = deal.state === "open";
  const busy = win.isPending || lose.isPending || reopen.isPending;
  const close = (told: string, closing: Promise<unknown>) =>
    closing.then(() => toast(told, { undo: () => reopen.mutateAsync(deal.id) }), failed);
  const onLose = async () => {
    const lost_reason = await askLostReason(deal.name);
    if (lost_reason) await close(`Lost ${deal.name}`, lose.mutateAsync({ id: deal.id, lost_reason }));
  };
  const value = money(deal);
  const chance = `${deal.chance} %`;
  const dayWord = civilDay(deal.close_on);
  const edits = may && isOpen;
  return (
    <li aria-label={`Deal ${deal.name}`} className="py-2">
      <div className="flex items-start gap-2">
        <span className="min-w-0 flex-1 font-medium [overflow-wrap:anywhere]">
          {edits ? (
            <EditCell
              label="Name"
              value={deal.name}
              className="whitespace-normal"
              onSave={(name) => save({ id: deal.id, name })}
            />
          ) : (
            deal.name
          )}
        </span>
        {edits ? (
          <span className="shrink-0">
            <EditCell
              label="Value"
              value={amountText(deal.amount_minor, deal.currency)}
              said={value}
              onSave={(text) => {
                const amount_minor = minorOf(text, deal.currency);
                if (amount_minor === undefined) toast(`${text} is not an amount such as 1200.50`, { tone: "problem" });
                else save({ id: deal.id, amount_minor });
              }}
            >
              {value}
            </EditCell>
          </span>
        ) : (
          <span className="shrink-0">{value}</span>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-meta text-ink-2">
        {isOpen ? (
          <>
            {edits ? (
              <span className="shrink-0">
                <EditCell
                  label="Close date"
                  type="date"
                  value={deal.close_on}
                  said={dayWord}
                  onSave={(close_on) => save({ id: deal.id, close_on })}
                >
                  {dayWord}
                </EditCell>
              </span>
            ) : (
              <span>{dayWord}</span>
            )}
            {edits ? (
              <span className="shrink-0">
                <EditCell
                  label="Probability"
                  value={deal.probability === null || deal.probability === undefined ? "" : String(deal.probability)}
                  said={chance}
                  onSave={(text) => {
                    const percent = text.replace(/\s*%$/, "");
                    if (percent && !/^(100|\d{1,2})$/.test(percent))
                      toast(`${text} is not a percentage from 0 to 100`, { tone: "problem" });
                    else save({ id: deal.id, probability: percent ? Number(percent) : null });
                  }}
                >
                  {chance}
                </EditCell>
              </span>
            ) : (
              <span>{chance}</span>
            )}
            {may ? (
              <span className="ml-auto flex gap-1">
                <Button
                  size="sm"
                  aria-label={`Won: ${deal.name}`}
                  disabled={busy}
                  onClick={() => void close(`Won ${deal.name}`, win.mutateAsync(deal.id))}
                >
                  Won
                </Button>
                <Button size="sm" aria-label={`Lost: ${deal.name}`} disabled={busy} onClick={() => void onLose()}>
                  Lost
                </Button>
                <Button kind="quiet" size="sm" aria-label={`Delete: ${deal.name}`} onClick={() => setDeleting(true)}>
                  Delete
                </Button>
              </span>
            ) : null}
          </>
        ) : (
          <>
            <Badge tone={deal.state === "won" ? "good" : undefined}>{deal.state === "won" ? "Won" : "Lost"}</Badge>
            <span>
              {deal.closed_at ? day(deal.closed_at) : ""}
              {deal.lost_reason ? `, ${reasonWord(deal.lost_reason)}` : ""}
              {deal.closed_with_lead ? ", with the lead" : ""}
            </span>
            {may ? (
              <Button
                size="sm"
                className="ml-auto"
                aria-label={`Reopen: ${deal.name}`}
                disabled={busy}
                onClick={() => reopen.mutate(deal.id, { onSuccess: () => toast("Deal open again"), onError: failed })}
              >
                Reopen
              </Button>
            ) : null}
          </>
        )}
      </div>
      {deleting ? (
        <ConfirmDialog
          title={`Delete ${deal.name}?`}
          yes="Delete deal"
          busy={remove.isPending}
          error={remove.error}
          onClose={() => setDeleting(false)}
          onYes={() =>
            remove.mutate(deal.id, {
              onSuccess: () => {
                setDeleting(false);
                toast(`Deleted ${deal.name}`);
              },
            })
          }
        >
          It disappears from all sums and cannot be restored. Mark it as lost instead if it was a real deal.
        </ConfirmDialog>
      ) : null}
    </li>
  );
}
