// The preview page of a campaign: its blocks, and beside them the page as a lead sees it.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { asProblem, type FieldProblem } from "@/api/errors";
import type { CampaignView, Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { keyCaps, useCommands } from "@/app/commands/registry";
import { UnsavedBanner } from "@/app/parts/unsaved-banner";
import { Page, Scroll } from "@/app/shell/page";
import { Unsaved } from "@/app/shell/unsaved";
import { useKeptEdits } from "@/shared/editor/kept-edits";
import { Field, Input } from "@/shared/forms/field";
import { Button } from "@/shared/ui/button";
import { Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { campaignQuery } from "../queries";
import { BlockList } from "./block-list";
import { type BlockKind, blocksOf, contentOf, draftOfPage, faultsOf, moved, newBlock, type PageDraft } from "./model";
import { pageQuery, usePageMoves, useShownDraft } from "./queries";
import { ShownPage } from "./shown-page";

type PageView = Schema["CampaignPageView"];

const NONE: readonly FieldProblem[] = [];

export function PreviewPageEditor() {
  const { id } = useParams({ from: "/app/campaigns/$id/page" });
  const campaign = useQuery(campaignQuery(id));
  const page = useQuery(pageQuery(id));
  if (campaign.data && page.data) return <Editor key={id} campaign={campaign.data} saved={page.data} />;
  const query = campaign.data ? page : campaign;
  return (
    <Page title="Preview page" parent={{ to: "/campaigns", label: "Campaigns" }}>
      <Loaded query={{ ...query, data: undefined }} what="This page" page>
        {() => null}
      </Loaded>
    </Page>
  );
}

function Editor({ campaign, saved }: { campaign: CampaignView; saved: PageView }) {
  const may = useMay("rep");
  const { save, reset } = usePageMoves(campaign.id);
  const [base, setBase] = useState(saved);
  const [start, setStart] = useState(() => draftOfPage(saved));
  const [draft, setDraft] = useState(start);
  const [open, setOpen] = useState<number>();
  const [lead, setLead] = useState("");
  const [refused, setRefused] = useState<readonly FieldProblem[]>(NONE);
  const isDirty = contentOf(draft) !== contentOf(start);
  const edits = useKeptEdits<PageDraft>(`page:${campaign.id}`, draft, isDirty, (kept) => {
    // Keys of another visit may be those of this one.
    if (!Array.isArray(kept.blocks)) return;
    setDraft(draftOfPage({ blocks: blocksOf(kept), closes_on: kept.closesOn }));
  });
  const blocks = useMemo(() => blocksOf(draft), [draft]);
  const shown = useShownDraft(campaign.id, blocks, lead, may);
  const errors = refused.length ? refused : shown.errors;
  const edit = (next: Partial<PageDraft>) => {
    setDraft((old) => ({ ...old, ...next }));
    setRefused(NONE);
  };
  const discard = () => {
    const former = draft;
    edits.clear();
    setDraft(start);
    toast("Changes discarded", { undo: () => setDraft(former) });
  };
  const add = (kind: BlockKind) => {
    const made = newBlock(kind);
    edit({ blocks: [...draft.blocks, made] });
    setOpen(made.key);
  };
  const remove = (key: number) => {
    const former = draft.blocks;
    edit({ blocks: former.filter((one) => one.key !== key) });
    toast("Block removed", { undo: () => edit({ blocks: former }) });
  };
  const take = (page: PageView) => {
    const next = draftOfPage(page);
    edits.clear();
    setBase(page);
    setStart(next);
    setDraft(next);
    setOpen(undefined);
  };
  const store = async () => {
    if (!may || save.isPending || !isDirty) return;
    try {
      const page = await save.mutateAsync({ blocks, closes_on: draft.closesOn || null, rev: base.rev });
      edits.clear();
      setBase(page);
      setStart(draft);
      toast("Saved: leads of this campaign see this page from now on");
    } catch (error) {
      const problem = asProblem(error);
      setRefused(problem.errors);
      const at = /^blocks\[(\d+)\]/.exec(problem.errors[0]?.field ?? "")?.[1];
      if (at !== undefined) setOpen(draft.blocks[Number(at)]?.key);
      if (problem.errors.length === 0) toastProblem("Could not save the page", error);
    }
  };
  const toStandard = () => {
    const former = { blocks: base.blocks, closes_on: base.closes_on ?? null, rev: 0 };
    reset.mutate(base.rev, {
      onSuccess: () => {
        // The standard page is the API's: the query of this page fetches it.
        setBase({ ...base, is_standard: true, rev: 0 });
        toast("The standard page is shown", {
          undo: () => save.mutateAsync(former).then(take),
        });
      },
      onError: (error) => toastProblem("Could not go back to the standard page", error),
    });
  };
  // A page that was fetched anew, after it went back to the standard one.
  if (saved.is_standard && base.is_standard && saved.rev === base.rev && base !== saved && !isDirty) take(saved);
  useCommands(
    may
      ? [{ id: "save-page", title: "Save page", group: "This page", keys: "mod+Enter", run: () => void store() }]
      : [],
  );
  const closesFault = errors.find(({ field }) => field === "closes_on")?.detail;
  return (
    <Page
      title="Preview page"
      parent={{ to: `/campaigns/${campaign.id}`, label: campaign.name }}
      muted={isDirty ? "not saved" : base.is_standard ? "standard page" : "this campaign's own"}
      actions={
        may ? (
          <>
            {base.is_standard || isDirty ? null : (
              <Button busy={reset.isPending} onClick={toStandard}>
                Back to the standard page
              </Button>
            )}
            <Button
              kind="primary"
              hint={keyCaps("mod+Enter").join(" ")}
              busy={save.isPending}
              disabled={!isDirty}
              onClick={() => void store()}
            >
              Save
            </Button>
          </>
        ) : undefined
      }
    >
      <UnsavedBanner at={isDirty ? edits.foundAt : undefined} onDiscard={discard} />
      <Unsaved dirty={isDirty} what="this page" onDiscard={edits.clear} />
      <Scroll>
        <div className="flex min-h-full max-xl:flex-col">
          <div className="w-131 shrink-0 border-r pb-4 max-xl:w-full max-xl:border-r-0">
            <p className="border-b px-6 py-3 text-ink-2 max-lg:px-4">
              A lead sees the page of the campaign that added it last. Merge fields such as{" "}
              <code>{"{{ company }}"}</code> are filled in for each lead; a text whose field has no value is left out.
              {may ? "" : " Ask a rep to change this page."}
            </p>
            <BlockList
              blocks={draft.blocks}
              open={open}
              may={may}
              faultsAt={(number) => faultsOf(errors, number)}
              onOpen={setOpen}
              onChange={(key, block) =>
                edit({ blocks: draft.blocks.map((one) => (one.key === key ? { key, block } : one)) })
              }
              onMove={(key, by) => edit({ blocks: moved(draft.blocks, key, by) })}
              onRemove={remove}
              onAdd={add}
            />
            <Field
              label="Last day"
              help={`By the campaign's time zone, ${campaign.zone}. Without one, each lead's page closes 180 days after it was first linked.`}
              error={closesFault ? `This ${closesFault}.` : undefined}
              className="px-6 py-3 max-lg:px-4"
            >
              <Input
                type="date"
                value={draft.closesOn}
                disabled={!may}
                className="max-w-48"
                onChange={(e) => edit({ closesOn: e.target.value })}
              />
            </Field>
          </div>
          {may ? (
            <ShownPage
              campaign={campaign.id}
              shown={shown}
              lead={lead}
              onLead={setLead}
              block={draft.blocks.findIndex(({ key }) => key === open)}
            />
          ) : null}
        </div>
      </Scroll>
    </Page>
  );
}
