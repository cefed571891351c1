// Adding people: by what they have in common, with the count before anything happens.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import type { LeadRow, Page } from "@/api/types";
import { EnrolDialog } from "@/app/enrol/enrol-dialog";
import type { LeadFilter } from "@/app/enrol/queries";
import { Field, Input } from "@/shared/forms/field";
import { plural } from "@/shared/lib/format";
import { useDelayed } from "@/shared/lib/hooks";
import { STATUS_OPTIONS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Heat } from "@/shared/ui/heat";
import { Select } from "@/shared/ui/select";
import { ErrorState } from "@/shared/ui/states";

interface Filter {
  status: string;
  tag: string;
  country: string;
  q: string;
}

export function AddPeople({
  open,
  onClose,
  campaign,
}: {
  open: boolean;
  onClose: () => void;
  campaign: { id: string; name: string };
}) {
  const [filter, setFilter] = useState<Filter>({ status: "new", tag: "", country: "", q: "" });
  const [confirming, setConfirming] = useState(false);
  const asked = useDelayed(filter, 250);
  const one = (text: string) => (text.trim() ? [text.trim()] : []);
  const chosen: LeadFilter = {
    status: one(asked.status) as LeadFilter["status"],
    tag: one(asked.tag),
    country: one(asked.country.toUpperCase()),
    q: asked.q.trim() || null,
  };
  const query = {
    status: chosen.status?.[0],
    tag: chosen.tag?.[0],
    country: chosen.country?.[0],
    q: chosen.q ?? undefined,
  };
  const matching = useQuery({
    queryKey: ["leads", "matching", query],
    enabled: open,
    queryFn: ({ signal }) =>
      unwrap<Page<LeadRow>>(client.GET("/api/leads", { params: { query: { ...query, limit: 5 } }, signal })),
  });
  const total = matching.data?.total ?? matching.data?.items.length ?? 0;
  const set = (part: Partial<Filter>) => setFilter((f) => ({ ...f, ...part }));
  return (
    <>
      <Dialog
        open={open && !confirming}
        onClose={onClose}
        title={`Add people to ${campaign.name}`}
        description="Who asked not to be contacted is left out, whatever you choose."
        footer={
          <>
            <Button kind="primary" disabled={total === 0} onClick={() => setConfirming(true)}>
              Add {plural(total, "person", "people")}
            </Button>
            <Button kind="quiet" onClick={onClose}>
              Cancel
            </Button>
          </>
        }
      >
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Stage">
            <Select
              value={filter.status}
              placeholder="Any"
              options={[{ value: "", label: "Any" }, ...STATUS_OPTIONS]}
              onValue={(status) => set({ status })}
              className="w-full"
            />
          </Field>
          <Field label="Tag">
            <Input value={filter.tag} onChange={(e) => set({ tag: e.target.value })} />
          </Field>
          <Field label="Country" help="Two letters, such as GB.">
            <Input value={filter.country} maxLength={2} onChange={(e) => set({ country: e.target.value })} />
          </Field>
          <Field label="Name or company">
            <Input value={filter.q} onChange={(e) => set({ q: e.target.value })} />
          </Field>
        </div>
        <div className="mt-4 border-t pt-3" aria-live="polite">
          {matching.error ? (
            <ErrorState
              what="The leads did not load"
              error={matching.error}
              retry={() => matching.refetch()}
              className="!m-0"
            />
          ) : (
            <>
              <p className="mb-1 font-medium">{matching.isPending ? "Counting…" : plural(total, "lead")}</p>
              <ul>
                {(matching.data?.items ?? []).map((l) => (
                  <li key={l.id} className="flex h-7 items-center gap-2">
                    <span className="truncate">{l.name}</span>
                    <span className="min-w-0 flex-1 truncate text-ink-2">{l.company}</span>
                    <Heat score={l.score} temperature={l.temperature} />
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      </Dialog>
      <EnrolDialog
        open={open && confirming}
        onClose={() => {
          setConfirming(false);
          onClose();
        }}
        count={total}
        whom={{ filter: chosen, except: [], expected_count: total }}
        campaign={campaign}
      />
    </>
  );
}
