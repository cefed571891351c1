// One sequence: its steps on a line, its window, and a preview for a real lead.

import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Archive, ArchiveRestore, Copy, Download } from "lucide-react";
import { useMemo, useReducer, useState } from "react";
import { saveAs } from "@/api/download";
import { asProblem } from "@/api/errors";
import { ChangedBy } from "@/app/auth/changed-by";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import { templateChoicesQuery } from "@/app/enrol/templates";
import { UnsavedBanner } from "@/app/parts/unsaved-banner";
import { Page, Scroll } from "@/app/shell/page";
import { Unsaved } from "@/app/shell/unsaved";
import { useKeptEdits } from "@/shared/editor/kept-edits";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useMedia } from "@/shared/lib/hooks";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { later } from "@/shared/ui/later";
import { Scrollable } from "@/shared/ui/scrollable";
import { Loaded } from "@/shared/ui/states";
import { Segmented, Tabs } from "@/shared/ui/tabs";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type EditorTab, editorReducer, editorStart } from "./editor-state";
import { type Edits, editsOf } from "./kept";
import { Meanwhile } from "./meanwhile";
import {
  type Draft,
  draftOf,
  draftProblems,
  errorsLeft,
  firstDraft,
  isDrawn,
  type SequenceView,
  type Step,
} from "./model";
import { PreviewPanel } from "./preview";
import { type DiffAnswer, useCloneSequence, useDiff, usePatchWords, usePublish, versionsQuery } from "./publish";
import type { Decision } from "./publish-dialog";
import { sequenceQuery, useArchiveSequence, useSaveSequence } from "./queries";
import { StepList } from "./step-list";
import { WindowForm } from "./window-form";

const VersionsPanel = later(() => import("./versions").then((m) => m.VersionsPanel));
const PublishDialog = later(() => import("./publish-dialog").then((m) => m.PublishDialog));

export function SequencePage() {
  const { id } = useParams({ from: "/app/sequences/$id" });
  const isNew = id === "new";
  const query = useQuery({ ...sequenceQuery(id), enabled: !isNew });
  const { from } = useSearch({ from: "/app/sequences/$id" });
  if (isNew) return <Editor key={editsOf(undefined, from)} from={from} />;
  if (query.data) return <Editor key={query.data.id} saved={query.data} />;
  return (
    <Page title="Sequence" parent={{ to: "/sequences", label: "Sequences" }}>
      <Loaded query={query} what="This sequence">
        {() => null}
      </Loaded>
    </Page>
  );
}

function Editor({ saved, from }: { saved?: SequenceView; from?: string }) {
  const navigate = useNavigate();
  const wide = useMedia("(min-width: 1180px)");
  const [blank] = useState(firstDraft);
  const [state, act] = useReducer(editorReducer, { saved, blank }, editorStart);
  const { base, draft, file, selected, found, tab, asked, archiving } = state;
  const start = base ? draftOf(base) : blank;
  const errors = useMemo(() => errorsLeft(found.errors, found.draft, draft), [found, draft]);
  const setTab = (tab: EditorTab) => act({ do: "tab", tab });
  const templates = useQuery(templateChoicesQuery);
  const named = useMemo(() => new Map(templates.data?.items.map((t) => [t.id, t.name])), [templates.data]);
  const save = useSaveSequence();
  const diff = useDiff(saved?.id);
  const known = useQuery({ ...versionsQuery(saved?.id ?? ""), enabled: !!asked });
  const publish = usePublish(saved?.id ?? "");
  const patch = usePatchWords(saved?.id ?? "");
  const clone = useCloneSequence();
  const archive = useArchiveSequence();
  const changes = useMay("rep");
  const mayArchive = useMay("manager");
  const dirty = JSON.stringify(draft) !== JSON.stringify(start);
  const theirs = saved && base && saved.rev > base.rev && !save.isPending && !patch.isPending ? saved : undefined;
  if (theirs && !dirty) take(theirs);
  const edits = useKeptEdits<Edits>(editsOf(saved?.id, from), { base, file, draft }, dirty, (found) => {
    if (!Array.isArray(found.draft?.steps) || !found.draft.window) return;
    act({ do: "restore", base: found.base ?? saved, file: found.file, draft: found.draft });
  });
  const discard = () => {
    const before = draft;
    edits.clear();
    if (saved) take(saved);
    else restore(blank);
    toast("Changes discarded", {
      undo: () => restore(before),
    });
  };

  function take(view: SequenceView) {
    act({ do: "take", view });
  }
  /** The draft in this editor, with the version on which it is based. */
  function restore(draft: Draft) {
    act({ do: "restore", base, file, draft });
  }
  const fail = (problems: Record<string, string>) => {
    act({ do: "fail", errors: problems, draft, shows: true });
    if (!wide) setTab("steps");
  };
  const run = async () => {
    if (!changes || save.isPending || diff.isPending || asked || (base && !dirty)) return;
    const problems = draftProblems(draft);
    if (Object.keys(problems).length) return fail(problems);
    save.reset();
    diff.reset();
    try {
      if (base) {
        const answer = await diff.mutateAsync({ steps: draft.steps, window: draft.window });
        const concerns = answer.campaigns > 0 || answer.people.length > 0;
        if (concerns && !answer.diff.unchanged) {
          open(answer, false);
          return;
        }
      }
      await keep();
    } catch (error) {
      fail(asProblem(error).byField());
    }
  };
  const keep = async () => {
    const made = await save.mutateAsync({ id: base?.id, rev: base?.rev, draft });
    edits.clear();
    take(made);
    toast(base && made.version === base.version ? "Saved" : `Saved as version ${made.version}`);
    if (!base) void navigate({ to: "/sequences/$id", params: { id: made.id }, replace: true, ignoreBlocker: true });
    return made;
  };
  /** Clears the errors of the last attempt. */
  const open = (answer: DiffAnswer, isSaved: boolean) => {
    for (const tried of [save, publish, patch]) tried.reset();
    act({ do: "ask", asked: { answer, saved: isSaved } });
  };
  /** Errors are shown in the dialog, except those that fields of the page show. */
  const decide = async ({ choice, mapping }: Decision) => {
    if (!asked) return;
    try {
      if (choice === "patch") {
        const made = await patch.mutateAsync({ steps: draft.steps, rev: base?.rev });
        act({ do: "rebase", base: made });
        act({ do: "change", change: () => ({ steps: made.steps }) });
        toast(`Version ${made.version} corrected`);
      } else {
        const version = asked.saved ? asked.answer.version : (await keep()).version;
        act({ do: "ask", asked: { ...asked, saved: true } });
        await publish.mutateAsync({ version, people: choice, mapping });
        toast(`Version ${version} is published`);
        setTab("versions");
      }
      closeAsked();
    } catch (error) {
      act({ do: "fail", errors: asProblem(error).byField(), draft });
    }
  };
  const ask = async (version: number) => {
    try {
      open(await diff.mutateAsync({ version }), true);
    } catch (error) {
      diff.reset();
      toastProblem("Could not publish the version", error);
    }
  };
  const copy = async (id: string) => {
    try {
      const made = await clone.mutateAsync(id);
      toast(`Cloned as ${made.name}`);
      void navigate({ to: "/sequences/$id", params: { id: made.id } });
    } catch (error) {
      toastProblem("Could not clone the sequence", error);
    }
  };
  const bringBack = async (id: string) => {
    try {
      await archive.mutateAsync({ id, archived: false });
      toast("Sequence restored", { undo: () => archive.mutateAsync({ id, archived: true }) });
    } catch (error) {
      toastProblem("Could not change the sequence", error);
    }
  };
  const putAway = (id: string) =>
    archive.mutate(
      { id, archived: true },
      {
        onSuccess: () => {
          act({ do: "archive", asked: false });
          toast("Archived: no new campaign can use it", {
            undo: () => archive.mutateAsync({ id, archived: false }),
          });
        },
      },
    );
  useCommands([
    { id: "save-sequence", title: "Save sequence", group: "This page", keys: "mod+s", run: () => void run() },
    ...(base && !dirty
      ? [
          {
            id: "download-sequence",
            title: "Download sequence",
            group: "This page" as const,
            icon: Download,
            run: () => void download(draftOf(base)),
          },
        ]
      : []),
    ...(base && !dirty && changes
      ? [
          {
            id: "clone-sequence",
            title: "Clone sequence",
            group: "This page" as const,
            icon: Copy,
            run: () => void copy(base.id),
          },
        ]
      : []),
  ]);
  const closeAsked = () => act({ do: "ask" });
  const set = (changes: Partial<Draft>) => act({ do: "change", change: () => changes });
  const failed = save.error ?? diff.error;
  const setSteps = (change: (steps: Step[]) => Step[]) =>
    act({ do: "change", change: (old) => ({ steps: change(old.steps) }) });

  const steps = (
    <div className="pb-6">
      <div className="grid gap-3 px-6 pt-4 max-lg:px-4">
        {theirs ? (
          <Meanwhile
            theirs={theirs}
            onTake={() => {
              take(theirs);
              toast("Their version loaded", { undo: () => set(draft) });
            }}
            onKeep={() => act({ do: "rebase", base: theirs })}
          />
        ) : null}
        <UnsavedBanner at={edits.foundAt} file={file} onDiscard={discard} />
        {failed && !asked && !theirs ? <Failed error={failed} /> : null}
        <ChangedBy who="rep">
          <Field label="Name" error={errors.name}>
            <Input value={draft.name} maxLength={120} onChange={(e) => set({ name: e.target.value })} />
          </Field>
        </ChangedBy>
      </div>
      <StepList
        steps={draft.steps}
        onSteps={setSteps}
        selected={selected}
        onSelect={(step) => act({ do: "select", step })}
        errors={errors}
        templates={templates.data?.items ?? []}
        readOnly={!changes}
      />
      {errors.steps ? <p className="px-6 text-bad-ink">{errors.steps}</p> : null}
      <fieldset disabled={!changes} className="contents">
        <WindowForm window={draft.window} onChange={(window) => set({ window })} errors={errors} />
      </fieldset>
      {saved && changes ? (
        <p className="px-6 pt-2 text-meta text-ink-3 max-lg:px-4">
          Saving creates a new version. You choose which leads move to it.
        </p>
      ) : null}
    </div>
  );
  const preview = <PreviewPanel saved={saved} dirty={dirty} />;
  const versions = saved ? (
    <VersionsPanel id={saved.id} newest={saved.version} onPublish={(v) => void ask(v)} busy={diff.isPending} />
  ) : null;

  return (
    <Page
      title={draft.name || "New sequence"}
      parent={{ to: "/sequences", label: "Sequences" }}
      badge={
        base ? (
          <>
            <Badge>{dirty ? `v${base.version + 1} draft` : `v${base.version}`}</Badge>
            {base.archived ? <Badge>Archived</Badge> : null}
          </>
        ) : undefined
      }
      actions={
        <>
          {base && mayArchive ? (
            <Button
              kind="quiet"
              icon={base.archived ? <ArchiveRestore size={15} /> : <Archive size={15} />}
              busy={archive.isPending}
              disabled={dirty}
              onClick={() => (base.archived ? void bringBack(base.id) : act({ do: "archive", asked: true }))}
            >
              {base.archived ? "Restore" : "Archive"}
            </Button>
          ) : null}
          {base ? (
            <Button
              kind="quiet"
              icon={<Download size={15} />}
              disabled={dirty}
              onClick={() => void download(draftOf(base))}
            >
              Download
            </Button>
          ) : null}
          {base && changes ? (
            <Button
              kind="quiet"
              icon={<Copy size={15} />}
              busy={clone.isPending}
              disabled={dirty}
              onClick={() => void copy(base.id)}
            >
              Clone
            </Button>
          ) : null}
          {changes ? (
            <Button
              kind="primary"
              busy={save.isPending || diff.isPending}
              disabled={!dirty && !!base}
              onClick={() => void run()}
            >
              {base ? `Save version ${base.version + 1}` : "Save sequence"}
            </Button>
          ) : null}
        </>
      }
    >
      {wide ? (
        <div className="flex min-h-0 flex-1">
          <Scrollable label="The steps" className="w-[580px] shrink-0 overflow-y-auto border-r -outline-offset-2">
            {steps}
          </Scrollable>
          <Scrollable label="Preview and versions" className="min-w-0 flex-1 overflow-y-auto -outline-offset-2">
            {saved ? (
              <div className="px-6 pt-4">
                <Segmented
                  label="Beside the steps"
                  value={tab === "versions" ? "versions" : "preview"}
                  onChange={setTab}
                  items={[
                    { id: "preview", label: "Preview" },
                    { id: "versions", label: "Versions" },
                  ]}
                />
              </div>
            ) : null}
            {tab === "versions" && versions ? versions : preview}
          </Scrollable>
        </div>
      ) : (
        <>
          <Tabs
            label="Parts"
            value={tab}
            onChange={setTab}
            items={[
              { id: "steps", label: "Steps", count: draft.steps.length },
              { id: "preview", label: "Preview" },
              ...(saved ? [{ id: "versions" as const, label: "Versions", count: saved.version }] : []),
            ]}
          />
          <Scroll>{tab === "steps" ? steps : tab === "versions" && versions ? versions : preview}</Scroll>
        </>
      )}
      {archiving && base ? (
        <ConfirmDialog
          title={`Archive ${base.name}?`}
          yes="Archive"
          kind="primary"
          busy={archive.isPending}
          error={archive.error}
          onYes={() => putAway(base.id)}
          onClose={() => {
            act({ do: "archive", asked: false });
            archive.reset();
          }}
        >
          No new campaign can use it until it is restored. Complete or archive the campaigns that use it first.
        </ConfirmDialog>
      ) : null}
      <Unsaved dirty={dirty} what="the sequence" onDiscard={edits.clear} />
      {asked ? (
        <PublishDialog
          answer={asked.answer}
          versions={known.data?.items ?? []}
          window={draft.window}
          templates={named}
          saved={asked.saved}
          busy={save.isPending || publish.isPending || patch.isPending}
          error={save.error ?? publish.error ?? patch.error}
          onPublish={(decision) => void decide(decision)}
          onSaveOnly={
            asked.saved
              ? undefined
              : () => {
                  closeAsked();
                  keep().catch((error) => fail(asProblem(error).byField()));
                }
          }
          onClose={() => closeAsked()}
        />
      ) : null}
    </Page>
  );
}

/** Downloads the sequence as a file that another workspace can open. */
async function download(saved: Draft) {
  const { fileName, fileOf } = await import("./sequence-file");
  saveAs(new Blob([fileOf(saved)], { type: "application/json" }), fileName(saved.name));
}

/** Errors that no field of the page shows. */
function Failed({ error }: { error: unknown }) {
  const problem = asProblem(error);
  return <FormProblem problem={problem} fields={problem.errors.map((e) => e.field).filter(isDrawn)} />;
}
