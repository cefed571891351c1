// One sequence: its steps on a line, its window, and what a real person would get.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { asProblem } from "@/api/errors";
import { useCommands } from "@/app/commands/registry";
import { templateChoicesQuery } from "@/app/enrol/templates";
import { Page, Scroll } from "@/app/shell/page";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useMedia } from "@/shared/lib/hooks";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Loaded } from "@/shared/ui/states";
import { Segmented, Tabs } from "@/shared/ui/tabs";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type Draft, draftProblems, firstDraft, type SequenceView } from "./model";
import { PreviewPanel } from "./preview";
import { type DiffAnswer, useCloneSequence, useDiff, usePatchWords, usePublish } from "./publish";
import { type Decision, PublishDialog } from "./publish-dialog";
import { sequenceQuery, useSaveSequence } from "./queries";
import { StepList } from "./step-list";
import { VersionsPanel } from "./versions";
import { WindowForm } from "./window-form";

export function SequencePage() {
  const { id } = useParams({ from: "/app/sequences/$id" });
  const isNew = id === "new";
  const query = useQuery({ ...sequenceQuery(id), enabled: !isNew });
  if (isNew) return <Editor key="new" />;
  if (query.data) return <Editor key={query.data.id} saved={query.data} />;
  return (
    <Page title="Sequence" parent={{ to: "/sequences", label: "Sequences" }}>
      <Loaded query={query} what="This sequence">
        {() => null}
      </Loaded>
    </Page>
  );
}

const pick = (s: SequenceView): Draft => ({ name: s.name, steps: s.steps, window: s.window });

function Editor({ saved }: { saved?: SequenceView }) {
  const navigate = useNavigate();
  const wide = useMedia("(min-width: 1180px)");
  const [blank] = useState(firstDraft);
  const [draft, setDraft] = useState<Draft>(saved ? pick(saved) : blank);
  const [selected, setSelected] = useState(saved ? -1 : 0);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [tab, setTab] = useState<"steps" | "preview" | "versions">("steps");
  /** What publishing would mean, while somebody thinks about it. */
  const [asked, setAsked] = useState<{ answer: DiffAnswer; saved: boolean }>();
  const templates = useQuery(templateChoicesQuery);
  const save = useSaveSequence();
  const diff = useDiff(saved?.id);
  const publish = usePublish(saved?.id ?? "");
  const patch = usePatchWords(saved?.id ?? "");
  const clone = useCloneSequence();
  const dirty = JSON.stringify(draft) !== JSON.stringify(saved ? pick(saved) : blank);

  useEffect(() => {
    const warn = (e: BeforeUnloadEvent) => {
      if (dirty) e.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [dirty]);

  const run = async () => {
    const problems = draftProblems(draft);
    setErrors(problems);
    const firstStep = Object.keys(problems).find((k) => k.startsWith("steps["));
    if (firstStep) setSelected(Number(/\d+/.exec(firstStep)?.[0] ?? 0));
    if (Object.keys(problems).length) return;
    try {
      if (saved) {
        const answer = await diff.mutateAsync({ steps: draft.steps, window: draft.window });
        const concerns = answer.campaigns > 0 || answer.people.length > 0;
        if (concerns && !answer.diff.unchanged) {
          publish.reset();
          patch.reset();
          setAsked({ answer, saved: false });
          return;
        }
      }
      await keep();
    } catch (error) {
      setErrors(asProblem(error).byField());
    }
  };
  const keep = async () => {
    const made = await save.mutateAsync({ id: saved?.id, rev: saved?.rev, draft });
    setDraft(pick(made));
    toast(`Saved as version ${made.version}`);
    if (!saved) void navigate({ to: "/sequences/$id", params: { id: made.id }, replace: true });
    return made;
  };
  /** Errors show in the dialog, except for what the fields of the page tell. */
  const decide = async ({ choice, mapping }: Decision) => {
    if (!asked) return;
    try {
      if (choice === "patch") {
        const made = await patch.mutateAsync({ steps: draft.steps, rev: saved?.rev });
        setDraft({ ...draft, steps: made.steps });
        toast(`Version ${made.version} has the new words`);
      } else {
        const version = asked.saved ? asked.answer.version : (await keep()).version;
        setAsked({ ...asked, saved: true });
        await publish.mutateAsync({ version, people: choice, mapping });
        toast(`Version ${version} is published`);
        setTab("versions");
      }
      setAsked(undefined);
    } catch (error) {
      setErrors(asProblem(error).byField());
    }
  };
  const ask = async (version: number) => {
    try {
      publish.reset();
      setAsked({ answer: await diff.mutateAsync({ version }), saved: true });
    } catch (error) {
      toastProblem("The version was not published", error);
    }
  };
  const copy = async (id: string) => {
    try {
      const made = await clone.mutateAsync(id);
      toast(`Cloned as ${made.name}`);
      void navigate({ to: "/sequences/$id", params: { id: made.id } });
    } catch (error) {
      toastProblem("The sequence was not cloned", error);
    }
  };
  useCommands([
    { id: "save-sequence", title: "Save the sequence", group: "This page", keys: "mod+s", run: () => void run() },
    ...(saved
      ? [
          {
            id: "clone-sequence",
            title: "Clone the sequence",
            group: "This page" as const,
            icon: Copy,
            run: () => void copy(saved.id),
          },
        ]
      : []),
  ]);

  const steps = (
    <div className="pb-6">
      <div className="grid gap-3 px-6 pt-4 max-lg:px-4">
        {save.error ? <FormProblem problem={asProblem(save.error)} fields={Object.keys(errors)} /> : null}
        <Field label="Name" error={errors.name}>
          <Input value={draft.name} maxLength={120} onChange={(e) => setDraft({ ...draft, name: e.target.value })} />
        </Field>
      </div>
      <StepList
        steps={draft.steps}
        onSteps={(next) => setDraft({ ...draft, steps: next })}
        selected={selected}
        onSelect={setSelected}
        errors={errors}
        templates={templates.data?.items ?? []}
      />
      {errors.steps ? <p className="px-6 text-bad-ink">{errors.steps}</p> : null}
      <WindowForm window={draft.window} onChange={(w) => setDraft({ ...draft, window: w })} errors={errors} />
      {saved ? (
        <p className="px-6 pt-2 text-meta text-ink-3 max-lg:px-4">
          Saving shows what changes and who is under way; you choose what becomes of them.
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
      badge={saved ? <Badge>{dirty ? `v${saved.version + 1} draft` : `v${saved.version}`}</Badge> : undefined}
      actions={
        <>
          {saved ? (
            <Button
              kind="quiet"
              icon={<Copy size={15} />}
              busy={clone.isPending}
              disabled={dirty}
              onClick={() => void copy(saved.id)}
            >
              Clone
            </Button>
          ) : null}
          <Button
            kind="primary"
            busy={save.isPending || diff.isPending}
            disabled={!dirty && !!saved}
            onClick={() => void run()}
          >
            {saved ? `Save version ${saved.version + 1}` : "Save the sequence"}
          </Button>
        </>
      }
    >
      {wide ? (
        <div className="flex min-h-0 flex-1">
          <div
            tabIndex={0}
            role="region"
            aria-label="The steps"
            className="w-[580px] shrink-0 overflow-y-auto border-r outline-offset-[-2px]"
          >
            {steps}
          </div>
          <div
            tabIndex={0}
            role="region"
            aria-label="What a person gets"
            className="min-w-0 flex-1 overflow-y-auto outline-offset-[-2px]"
          >
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
          </div>
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
      {asked ? (
        <PublishDialog
          answer={asked.answer}
          saved={asked.saved}
          busy={save.isPending || publish.isPending || patch.isPending}
          error={save.error ?? publish.error ?? patch.error}
          onPublish={(decision) => void decide(decision)}
          onSaveOnly={
            asked.saved
              ? undefined
              : () => {
                  setAsked(undefined);
                  keep().catch((error) => setErrors(asProblem(error).byField()));
                }
          }
          onClose={() => setAsked(undefined)}
        />
      ) : null}
    </Page>
  );
}
