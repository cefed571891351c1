// Leads merged into one: which stays, the value of each field, and what the merge does besides.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { asProblem } from "@/api/errors";
import { useMay } from "@/app/auth/use-may";
import { MOST_LEADS } from "@/app/merge/limits";
import { fieldsQuery } from "@/app/shared-queries";
import { Page, Scroll } from "@/app/shell/page";
import { FormProblem } from "@/shared/forms/form-problem";
import { plural } from "@/shared/lib/format";
import { Button, buttonStyle } from "@/shared/ui/button";
import { Empty, Loaded } from "@/shared/ui/states";
import { MergeNotice, PutTogether } from "./consequences";
import { FieldChoices } from "./field-choices";
import { mergeProblem, useMergeLeads } from "./merging";
import { choicesOf, idsIn, type MergePreview, mergePreviewQuery, ownNames, type Picks, saidOf } from "./model";

export function MergePage() {
  const { ids } = useSearch({ from: "/app/leads/merge" });
  const leads = idsIn(ids);
  const may = useMay("rep");
  return (
    <Page title="Merge leads" parent={{ to: "/leads", label: "Leads" }}>
      {!may ? (
        <Empty title="Only reps merge leads">Ask a rep to merge these leads.</Empty>
      ) : leads.length > 1 && leads.length <= MOST_LEADS ? (
        <Merge key={leads.join()} leads={leads} />
      ) : (
        <NotTheseLeads title={leads.length > MOST_LEADS ? `At most ${MOST_LEADS} leads at once` : "Choose two leads"}>
          {`Tick 2 to ${MOST_LEADS} leads in the list, or search for duplicates.`}
        </NotTheseLeads>
      )}
    </Page>
  );
}

function NotTheseLeads({ title, children }: { title: string; children: string }) {
  return (
    <Empty
      title={title}
      actions={
        <>
          <Link to="/leads" className={buttonStyle({})}>
            Show all leads
          </Link>
          <Link to="/leads/duplicates" className={buttonStyle({ kind: "quiet" })}>
            Duplicates
          </Link>
        </>
      }
    >
      {children}
    </Empty>
  );
}

function Merge({ leads }: { leads: string[] }) {
  const [into, setInto] = useState<string>();
  const query = useQuery({ ...mergePreviewQuery(leads, into), placeholderData: keepPreviousData });
  if (query.error && asProblem(query.error).status === 404)
    return (
      <NotTheseLeads title="One of these leads is gone">
        It was deleted, or merged into another lead, in the meantime.
      </NotTheseLeads>
    );
  return (
    <Loaded query={query} what="The leads">
      {(preview) => (
        <MergeForm
          preview={preview}
          into={into ?? preview.into}
          onInto={setInto}
          isCurrent={!query.isPlaceholderData}
        />
      )}
    </Loaded>
  );
}

function MergeForm({
  preview,
  into,
  onInto,
  isCurrent,
}: {
  preview: MergePreview;
  into: string;
  onInto: (lead: string) => void;
  /** Whether the preview is that of the lead that stays. */
  isCurrent: boolean;
}) {
  const [picks, setPicks] = useState<Picks>({});
  const custom = useQuery(fieldsQuery).data?.items ?? [];
  const names = ownNames(preview.leads);
  const navigate = useNavigate();
  const { history } = useRouter();
  const merge = useMergeLeads();
  const leads = plural(preview.leads.length, "lead");
  const start = () =>
    merge.mutate(
      {
        into,
        leads: preview.leads.map((lead) => lead.id).filter((id) => id !== into),
        choices: choicesOf(preview.fields, picks),
      },
      {
        onSuccess: ({ lead }) => void navigate({ to: "/leads/$id", params: { id: lead.id }, replace: true }),
      },
    );
  return (
    <>
      <Scroll>
        <p className="px-6 py-3 text-ink-2 max-lg:px-4">
          Choose the lead that stays, and the value of each field. Conversations and notes of all of them come with it.
        </p>
        <MergeNotice preview={preview} names={names} />
        <FieldChoices
          preview={preview}
          names={names}
          into={into}
          picks={picks}
          isCurrent={isCurrent}
          said={(field, value) => saidOf(field, value, custom)}
          onInto={onInto}
          onPick={(field, lead) => setPicks({ ...picks, [field]: lead })}
        />
        <PutTogether united={preview.united} />
      </Scroll>
      <section
        aria-label="Merge"
        className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-t bg-surface px-6 py-2 max-lg:px-4"
      >
        {merge.error ? (
          <div className="basis-full">
            <FormProblem problem={mergeProblem(merge.error)} />
          </div>
        ) : null}
        <Button kind="primary" busy={merge.isPending} disabled={!isCurrent || merge.isPending} onClick={start}>
          Merge {leads}
        </Button>
        <Button
          kind="quiet"
          disabled={merge.isPending}
          onClick={() => (history.canGoBack() ? history.back() : void navigate({ to: "/leads" }))}
        >
          Cancel
        </Button>
        <span role="status" className="min-w-0 text-ink-2">
          {merge.isPending ? `Merging ${leads} …` : "Can be undone for 30 days."}
        </span>
      </section>
    </>
  );
}
