// One ideal customer profile (ICP): its rules with the leads left after each, its weights, and how all leads fit.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { asProblem, type FieldProblem } from "@/api/errors";
import type { IcpView } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { type Command, keyCaps, useCommands } from "@/app/commands/registry";
import { UnsavedBanner } from "@/app/parts/unsaved-banner";
import { draftFaults } from "@/app/rule/draft";
import { useRuleFields } from "@/app/rule/use-rule-fields";
import { Page, Scroll } from "@/app/shell/page";
import { Unsaved } from "@/app/shell/unsaved";
import { useKeptEdits } from "@/shared/editor/kept-edits";
import { Field, Input } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { count, plural } from "@/shared/lib/format";
import { useKeys } from "@/shared/lib/keyboard";
import { Button, buttonStyle } from "@/shared/ui/button";
import { ErrorState, Loaded, LoadingRows } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { Histogram } from "./histogram";
import {
  contentOf,
  draftOfIcp,
  draftOfProposal,
  editsOf,
  emptyDraft,
  exampleDraft,
  faultsOf,
  headOf,
  type IcpDraft,
  isWhole,
  LONGEST_NAME,
  MOST_ITEMS,
  newRule,
  newWeight,
  type ProposedIcp,
  pointsOf,
  profileOf,
} from "./model";
import { lastProposal, ProposalNote } from "./proposal";
import { icpQuery, useCounted, useIcpMoves, useSaveElsewhere } from "./queries";
import { AddsToFit, MustBeTrue } from "./rule-list";
import { Sample } from "./sample";

export function IcpPage() {
  const { id } = useParams({ from: "/app/icp/$id" });
  const isExample = id === "example";
  const isProposal = id === "proposal";
  const isNew = id === "new" || isExample || isProposal;
  const query = useQuery({ ...icpQuery(id), enabled: !isNew });
  if (isNew) return <Editor key={id} isExample={isExample} proposal={isProposal ? lastProposal() : undefined} />;
  if (query.data) return <Editor key={query.data.id} saved={query.data} />;
  return (
    <Page title="ICP" parent={{ to: "/icp", label: "ICP" }}>
      <Loaded query={query} what="This ICP" page>
        {() => null}
      </Loaded>
    </Page>
  );
}

const NONE: readonly FieldProblem[] = [];

interface EditorProps {
  saved?: IcpView;
  isExample?: boolean;
  /** What a model proposes, which nobody has saved. */
  proposal?: ProposedIcp;
}

function firstDraft({ saved, isExample, proposal }: EditorProps): IcpDraft {
  if (saved) return draftOfIcp(saved);
  if (proposal) return draftOfProposal(proposal);
  return isExample ? exampleDraft() : emptyDraft();
}

function Editor({ saved, isExample, proposal }: EditorProps) {
  const navigate = useNavigate();
  const may = useMay("manager");
  const { add, change } = useIcpMoves();
  const elsewhere = useSaveElsewhere();
  const known = useRuleFields();
  // An ICP asks for no fit: neither with itself nor with another one.
  const fields = useMemo(() => known.fields.filter(({ name }) => !/^fit(:|$)/.test(name)), [known.fields]);
  const [base, setBase] = useState(saved);
  const [start, setStart] = useState(() => firstDraft({ saved, isExample, proposal }));
  const [draft, setDraft] = useState(start);
  const [here, setHere] = useState<number>();
  const [isOpen, setOpen] = useState(false);
  const [isChecked, setChecked] = useState(false);
  const [round, setRound] = useState(0);
  const [refused, setRefused] = useState<readonly FieldProblem[]>(NONE);
  const isDirty = contentOf(draft) !== contentOf(start);
  const edits = useKeptEdits<{ draft: IcpDraft }>(editsOf(saved?.id, !!proposal), { draft }, isDirty, (kept) => {
    // Keys of another visit may be those of this one.
    if (!Array.isArray(kept.draft?.rules) || !Array.isArray(kept.draft.weights)) return;
    const fresh = draftOfIcp({ name: kept.draft.name, ...profileOf(kept.draft) });
    setDraft(fresh);
  });
  const discard = () => {
    const former = draft;
    edits.clear();
    setDraft(start);
    toast("Changes discarded", { undo: () => setDraft(former) });
  };
  const isReady = !known.isPending && !known.error;
  const complete = (item: { draft: IcpDraft["rules"][number]["draft"]; points?: number }) =>
    isWhole(item.draft, fields) && (item.points === undefined || item.points > 0);
  const counted = useCounted(isReady ? profileOf(draft, complete) : undefined, round);
  const { answer, isOld } = counted;
  const countedRules = draft.rules.filter(complete);
  const countedWeights = draft.weights.filter(complete);
  const isSameShape = answer?.rules.length === countedRules.length && answer.weights.length === countedWeights.length;
  // What the ICP had before this edit, as it was first counted.
  const [before, setBefore] = useState<number>();
  if (before === undefined && answer && !isOld && !isDirty) setBefore(answer.matching);
  const diff = before !== undefined && answer && isDirty ? answer.matching - before : 0;
  const edit = (next: Partial<IcpDraft>) => {
    setDraft((old) => ({ ...old, ...next }));
    setRefused(NONE);
  };
  const items = [...draft.rules, ...draft.weights];
  const open = (key: number) => {
    setHere(key);
    setOpen(true);
  };
  const close = () => setOpen(false);
  const move = (by: number) => {
    const at = items.findIndex(({ key }) => key === here);
    const next = items[Math.max(0, Math.min(items.length - 1, at < 0 ? 0 : at + by))];
    if (!next) return;
    setHere(next.key);
    setOpen(false);
  };
  const addRule = () => {
    if (!may || draft.rules.length >= MOST_ITEMS) return;
    const rule = newRule();
    edit({ rules: [...draft.rules, rule] });
    open(rule.key);
  };
  const addWeight = () => {
    if (!may || draft.weights.length >= MOST_ITEMS) return;
    const weight = newWeight();
    edit({ weights: [...draft.weights, weight] });
    open(weight.key);
  };
  const removeItem = (key: number) => {
    const former = draft;
    edit({
      rules: draft.rules.filter((rule) => rule.key !== key),
      weights: draft.weights.filter((weight) => weight.key !== key),
    });
    setOpen(false);
    setHere(undefined);
    toast(former.rules.some((rule) => rule.key === key) ? "Rule removed" : "Weight removed", {
      undo: () => setDraft((now) => ({ ...now, rules: former.rules, weights: former.weights })),
    });
  };
  const isTaken = refused.find(({ field }) => field === "name")?.detail;
  const nameFault = isTaken ? `The name ${isTaken}.` : isChecked && !draft.name.trim() ? "Enter a name." : undefined;
  const errors = [...refused, ...counted.errors];
  const faultsAt = (key: number): Record<string, string> => {
    const rule = draft.rules.find((one) => one.key === key);
    const weight = draft.weights.find((one) => one.key === key);
    const one = rule ?? weight;
    if (!one) return {};
    // Refusals name places among what was sent: all that is saved, or what was complete when it was counted.
    const sent = rule ? (refused.length ? draft.rules : countedRules) : refused.length ? draft.weights : countedWeights;
    const place = `${rule ? "rules" : "weights"}[${sent.findIndex((other) => other.key === key)}]`;
    return { ...faultsOf(errors, place, one.draft), ...(isChecked ? draftFaults(one.draft, fields) : {}) };
  };
  const incomplete = items.find((item) => !complete(item));
  const isBusy = add.isPending || change.isPending;
  const save = async () => {
    if (!may || isBusy || !isReady || (base && !isDirty)) return;
    setChecked(true);
    if (incomplete) return open(incomplete.key);
    if (!draft.name.trim()) return;
    const body = { name: draft.name.trim(), ...profileOf(draft) };
    try {
      const made = base
        ? await change.mutateAsync({ id: base.id, rev: base.rev, ...body })
        : await add.mutateAsync(body);
      edits.clear();
      setBase(made);
      setStart(draft);
      setBefore(undefined);
      setChecked(false);
      setOpen(false);
      toast(base ? `Version ${made.version} saved` : `${made.name} saved`);
      if (!base) void navigate({ to: "/icp/$id", params: { id: made.id }, replace: true, ignoreBlocker: true });
    } catch (error) {
      const problem = asProblem(error);
      setRefused(problem.errors);
      if (problem.errors.length === 0) toastProblem("Could not save the ICP", error);
    }
  };
  const saveView = (icp: IcpView) =>
    elsewhere.view.mutate(icp, {
      onSuccess: (view) =>
        toast(`View ${view.name} saved: ${icp.threshold} or more, best first`, {
          undo: () => elsewhere.dropView(view.id),
        }),
      onError: (error) => toastProblem("Could not save the view", error),
    });
  const saveSegment = (icp: IcpView) =>
    elsewhere.segment.mutate(icp, {
      onSuccess: (segment) => toast(`Segment ${segment.name} saved`, { undo: () => elsewhere.dropSegment(segment.id) }),
      onError: (error) => toastProblem("Could not save the segment", error),
    });
  const makeMain = (icp: IcpView) =>
    change.mutate(
      { id: icp.id, rev: icp.rev, main: true },
      {
        onSuccess: (made) => {
          setBase(made);
          toast(`${made.name} is the main ICP`);
        },
        onError: (error) => toastProblem("Could not make it the main ICP", error),
      },
    );
  const kept = base && !isDirty ? base : undefined;
  const commands: Command[] = [
    ...(may
      ? [
          {
            id: "save-icp",
            title: "Save ICP",
            group: "This page" as const,
            keys: "mod+Enter",

            run: () => void save(),
          },
          { id: "add-icp-rule", title: "Add rule", group: "This page" as const, keys: "f", icon: Plus, run: addRule },
          { id: "add-icp-weight", title: "Add weight", group: "This page" as const, icon: Plus, run: addWeight },
        ]
      : []),
    ...(kept
      ? [
          {
            id: "icp-prospects",
            title: "Find more like these",
            group: "This page" as const,
            also: "prospects",

            run: () => void navigate({ to: "/prospects", search: { icp: kept.id } }),
          },
          {
            id: "icp-as-view",
            title: "Save ICP as view",
            group: "This page" as const,

            run: () => saveView(kept),
          },
        ]
      : []),
    ...(kept && may
      ? [
          {
            id: "icp-as-segment",
            title: "Save ICP as segment",
            group: "This page" as const,

            run: () => saveSegment(kept),
          },
        ]
      : []),
    ...(kept && may && !kept.main
      ? [
          {
            id: "icp-main",
            title: "Make it the main ICP",
            group: "This page" as const,

            run: () => makeMain(kept),
          },
        ]
      : []),
  ];
  useCommands(commands);
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => {
      if (here !== undefined) setOpen(!isOpen);
    },
    Escape: close,
  });
  const next = (base?.version ?? 0) + 1;
  const list = {
    fields,
    may,
    here,
    isOpen,
    faultsAt,
    isIncomplete: (key: number) => isChecked && items.some((item) => item.key === key && !complete(item)),
    onOpen: open,
    onClose: close,
  };
  const at =
    <T,>(counts: readonly T[] | undefined, of: readonly { key: number }[]) =>
    (key: number) =>
      isSameShape ? counts?.[of.findIndex((one) => one.key === key)] : undefined;
  return (
    <Page
      title={draft.name.trim() || "New ICP"}
      parent={{ to: "/icp", label: "ICP" }}
      muted={
        base
          ? isDirty
            ? `version ${next}, not saved`
            : `version ${base.version}${base.main ? ", main" : ""}`
          : "not saved"
      }
      actions={
        <>
          {kept ? (
            <Link to="/prospects" search={{ icp: kept.id }} className={buttonStyle({ kind: "outline" })}>
              Find more like these
            </Link>
          ) : null}
          {kept ? (
            <Button busy={elsewhere.view.isPending} onClick={() => saveView(kept)}>
              Save as view
            </Button>
          ) : null}
          {may ? (
            <Button
              kind="primary"
              hint={keyCaps("mod+Enter").join(" ")}
              busy={isBusy}
              disabled={!!base && !isDirty}
              onClick={() => void save()}
            >
              Save version {base && !isDirty ? base.version : next}
            </Button>
          ) : null}
        </>
      }
    >
      <UnsavedBanner at={isDirty ? edits.foundAt : undefined} onDiscard={discard} />
      <Unsaved dirty={isDirty || (!!proposal && !base)} what="this ICP" onDiscard={edits.clear} />
      {known.isPending ? (
        <LoadingRows label="Loading the fields" />
      ) : known.error ? (
        <ErrorState what="The fields did not load" error={known.error} retry={known.retry} />
      ) : (
        <Scroll>
          <div className="flex min-h-full max-xl:flex-col">
            <div className="w-131 shrink-0 border-r pb-4 max-xl:w-full max-xl:border-r-0">
              {proposal && !base ? <ProposalNote remarks={proposal.remarks} /> : null}
              {may ? (
                <Field label="Name" error={nameFault} className="px-6 pt-3 pb-1 max-lg:px-4">
                  <Input
                    value={draft.name}
                    maxLength={LONGEST_NAME}
                    placeholder="Such as small clinics, GB and IE"
                    onChange={(e) => edit({ name: e.target.value })}
                  />
                </Field>
              ) : null}
              <MustBeTrue
                {...list}
                rules={draft.rules}
                leads={answer?.leads}
                left={at(answer?.rules, countedRules)}
                matching={answer?.matching}
                isOld={isOld}
                onChange={(rule) => edit({ rules: draft.rules.map((one) => (one.key === rule.key ? rule : one)) })}
                onAdd={addRule}
                onRemove={removeItem}
              />
              <AddsToFit
                {...list}
                weights={draft.weights}
                points={pointsOf(draft)}
                matching={answer?.matching}
                met={at(answer?.weights, countedWeights)}
                onChange={(weight) =>
                  edit({ weights: draft.weights.map((one) => (one.key === weight.key ? weight : one)) })
                }
                onAdd={addWeight}
                onRemove={removeItem}
              />
            </div>
            <section aria-label="Leads that match" className="min-w-0 flex-1 max-xl:border-t">
              {answer ? (
                <>
                  <div className="px-6 pt-3 max-lg:px-4">
                    <p role="status" className="flex flex-wrap items-baseline gap-x-3">
                      <span>
                        <span className="text-figure font-semibold">{count(answer.matching)}</span>{" "}
                        {answer.matching === 1 ? "lead matches" : "leads match"}
                      </span>
                      <span className="text-ink-3">
                        {diff ? `${diff > 0 ? "+" : "−"}${count(Math.abs(diff))} by this edit, ` : ""}
                        {isOld ? "counting…" : `counted in ${((counted.tookMs ?? 0) / 1000).toFixed(2)} s`}
                      </span>
                      <span className="ml-auto">
                        <span className="font-semibold">{count(answer.at_threshold)}</span> at fit {draft.threshold} or
                        more
                      </span>
                    </p>
                    <Histogram
                      bins={answer.histogram}
                      threshold={draft.threshold}
                      good={answer.at_threshold}
                      onThreshold={may ? (threshold) => edit({ threshold }) : undefined}
                    />
                  </div>
                  <div className="flex flex-wrap items-center gap-x-2 px-6 pt-3 pb-2 max-lg:px-4">
                    <h2 className="font-semibold">Sample</h2>
                    <span className="text-ink-3">
                      {answer.sample.length} of {count(answer.matching)}, spread over fit, with what scored
                    </span>
                    {answer.matching > answer.sample.length ? (
                      <Button kind="inline" className="ml-auto" onClick={() => setRound(round + 1)}>
                        Another {answer.sample.length}
                      </Button>
                    ) : null}
                  </div>
                  {answer.sample.length || answer.outside ? (
                    <Sample
                      leads={answer.sample}
                      outside={answer.outside}
                      heads={countedWeights.map(({ draft }) => headOf(draft, fields))}
                      isOld={isOld}
                    />
                  ) : (
                    <p className="border-y px-6 py-3 text-ink-2 max-lg:px-4">
                      {answer.leads
                        ? "No lead passes all rules. Loosen the one that leaves the fewest."
                        : "There are no leads yet. Import some, and they are counted here."}
                    </p>
                  )}
                  <p className={cx("px-6 py-3 text-ink-2 max-lg:px-4", !answer.just_outside && "hidden")}>
                    {plural(answer.just_outside, "lead")} just outside: one rule fails.
                  </p>
                  {kept && may ? (
                    <div className="flex flex-wrap gap-2 px-6 pb-4 max-lg:px-4">
                      <Button size="sm" busy={elsewhere.segment.isPending} onClick={() => saveSegment(kept)}>
                        Save as segment
                      </Button>
                      {kept.main ? null : (
                        <Button size="sm" busy={change.isPending} onClick={() => makeMain(kept)}>
                          Make it the main ICP
                        </Button>
                      )}
                    </div>
                  ) : null}
                </>
              ) : counted.failed ? null : counted.errors.length ? (
                <p role="alert" className="p-6 text-bad-ink">
                  Not counted: {counted.errors[0]?.detail}.
                </p>
              ) : (
                <LoadingRows label="Counting the leads" />
              )}
              {counted.failed ? (
                <ErrorState what="The leads were not counted" error={counted.failed} retry={counted.retry} />
              ) : null}
            </section>
          </div>
        </Scroll>
      )}
    </Page>
  );
}
