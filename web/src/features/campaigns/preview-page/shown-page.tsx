// The page as a lead sees it, in a frame that runs no scripts and follows no links.
import { useQuery } from "@tanstack/react-query";
import { Select } from "@/shared/ui/select";
import { ErrorState } from "@/shared/ui/states";
import { type ShownDraft, sampleLeadsQuery } from "./queries";

export function ShownPage({
  campaign,
  shown,
  lead,
  onLead,
  block,
}: {
  campaign: string;
  shown: ShownDraft;
  lead: string;
  onLead: (id: string) => void;
  /** The number of the block to scroll to; -1 for none. */
  block: number;
}) {
  const leads = useQuery(sampleLeadsQuery(campaign)).data ?? [];
  return (
    <section aria-label="Page as a lead sees it" className="flex min-h-150 min-w-0 flex-1 flex-col">
      <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b px-6 py-1.5 max-lg:px-4">
        <span className="font-medium">As seen by</span>
        <Select
          aria-label="Lead to show the page with"
          value={lead}
          options={[
            { value: "", label: "A made-up lead" },
            ...leads.map(({ id, name, company }) => ({ value: id, label: company ? `${name}, ${company}` : name })),
          ]}
          onValue={onLead}
          className="max-w-80"
        />
        <span className="text-ink-3" aria-live="polite">
          {shown.errors.length ? "Shown as it was before the faults" : shown.isOld ? "Updating…" : ""}
        </span>
      </div>
      {shown.failed ? (
        <ErrorState what="The page could not be shown" error={shown.failed} retry={shown.retry} />
      ) : shown.path ? (
        <iframe
          title="Preview page"
          src={`${shown.path}${block < 0 ? "" : `#block-${block}`}`}
          sandbox=""
          referrerPolicy="no-referrer"
          className="min-h-0 w-full flex-1 bg-surface"
        />
      ) : (
        <p className="p-6 text-ink-2 max-lg:p-4">Loading…</p>
      )}
    </section>
  );
}
