// The dialogs in which the leads of a member are handed over, and in which a member with leads is deactivated.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { useRef, useState } from "react";
import { asProblem } from "@/api/errors";
import type { MemberView } from "@/app/shared-queries";
import { Field } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { count, plural } from "@/shared/lib/format";
import { type Role, roleWords } from "@/shared/lib/roles";
import { stageOptions } from "@/shared/lib/stages";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Dialog } from "@/shared/ui/dialog";
import { ProgressBar } from "@/shared/ui/progress";
import { Select } from "@/shared/ui/select";
import { ErrorState, Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { giveBack, handOver, ownedIds, ownedQuery, partsOf, type Receivers } from "./hand-over";
import { keysQuery } from "./key-queries";

type How = Receivers["how"];

type KeysChange = { keep_keys?: boolean };

const HOW: { value: How; label: string }[] = [
  { value: "one", label: "One member" },
  { value: "share", label: "Several members, in turn" },
  { value: "route", label: "Members by the routing rules" },
];

/** How long the leads can be given back from the toast. */
const UNDO_MS = 60_000;

const receiversOf = (how: How, users: string[]): Receivers =>
  how === "route" ? { how } : { how, users: how === "one" ? users.slice(0, 1) : users };

function useHandOver(member: MemberView) {
  const cache = useQueryClient();
  const [done, setDone] = useState<number>();
  const [total, setTotal] = useState(0);
  const running = useRef<AbortController>(undefined);
  const heard = () => cache.invalidateQueries();
  /** Ends it after the part that is on its way. */
  const stop = () => running.current?.abort();
  /** Whether it went on to the end. */
  const start = async (stage: string, to: Receivers) => {
    running.current = new AbortController();
    const { signal } = running.current;
    const ids = await ownedIds(member.id, stage);
    setTotal(ids.length);
    setDone(0);
    const sum = await handOver(partsOf(member.id, ids, to), setDone, signal);
    setDone(undefined);
    void heard();
    if (sum.changed)
      toast(
        `Handed over ${plural(sum.changed, "lead")} of ${member.name}${sum.left ? `, ${count(sum.left)} left` : ""}`,
        sum.undo.length
          ? {
              ms: UNDO_MS,
              undo: async () => {
                await giveBack(sum.undo).catch((error) => toastProblem("Could not give back all leads", error));
                void heard();
              },
            }
          : {},
      );
    if (sum.failed) throw sum.failed;
    if (!sum.changed && !signal.aborted)
      throw asProblem(
        new Error(
          to.how === "route"
            ? `The rules give the leads to nobody. They stay with ${member.name}.`
            : `No lead was handed over. They are not ${member.name}'s any more.`,
        ),
      );
    return !signal.aborted;
  };
  return { done, total, start, stop };
}

export function HandOverDialog({
  member,
  team,
  onClose,
}: {
  member: MemberView;
  team: readonly MemberView[];
  onClose: () => void;
}) {
  const { done, total, start, stop } = useHandOver(member);
  const form = useForm(
    { stage: "", how: "one" as How, users: [] as string[] },
    async ({ stage, how, users }) => {
      if (await start(stage, receiversOf(how, users))) onClose();
    },
    ({ how, users }): Record<string, string> =>
      how === "route" || users.length ? {} : { users: how === "one" ? "Choose a member." : "Choose members." },
  );
  const { stage, how, users } = form.values;
  const close = () => {
    stop();
    onClose();
  };
  const owned = useQuery(ownedQuery(member.id, stage));
  const others = team.filter((m) => m.id !== member.id && !m.disabled && m.role !== "read_only");
  return (
    <Dialog
      open
      onClose={close}
      title={`Hand over the leads of ${member.name}`}
      footer={
        <>
          <Button kind="primary" type="submit" form="hand-over" busy={form.busy} disabled={!owned.data}>
            {owned.data ? `Hand over ${plural(owned.data, "lead")}` : "Hand over"}
          </Button>
          <Button kind="quiet" onClick={close}>
            {form.busy ? "Stop" : "Cancel"}
          </Button>
        </>
      }
    >
      <form id="hand-over" onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} />
        <Field label="Leads">
          <Select
            value={stage}
            options={[{ value: "", label: "In all stages" }, ...stageOptions()]}
            onValue={(next) => form.set("stage", next)}
            className="w-full"
          />
        </Field>
        <Loaded query={owned} what="The number of leads">
          {(n) => (
            <p className="text-ink-2">
              {member.name} owns {n ? plural(n, "lead") : "no leads"}
              {stage ? " in this stage" : ""}.
            </p>
          )}
        </Loaded>
        <Field label="Give them to">
          <Select value={how} options={HOW} onValue={(next) => form.set("how", next as How)} className="w-full" />
        </Field>
        {how === "one" ? (
          <Field label="New owner" error={form.errors.users}>
            <Select
              value={users[0] ?? ""}
              placeholder="Choose a member"
              options={others.map((m) => ({ value: m.id, label: m.name }))}
              onValue={(user) => form.set("users", [user])}
              className="w-full"
            />
          </Field>
        ) : how === "share" ? (
          <fieldset>
            <legend className="mb-1 font-medium">New owners</legend>
            {others.map((m) => (
              <label key={m.id} className="flex items-center gap-1.5 py-0.5">
                <Checkbox
                  checked={users.includes(m.id)}
                  onValue={(on) => form.set("users", on ? [...users, m.id] : users.filter((user) => user !== m.id))}
                />
                {m.name}
              </label>
            ))}
            {form.errors.users ? (
              <p role="alert" className="mt-1 flex items-start gap-1.5 text-bad-ink">
                <CircleAlert size={14} aria-hidden="true" className="mt-[3px] shrink-0" />
                {form.errors.users}
              </p>
            ) : null}
          </fieldset>
        ) : null}
        <p className="text-ink-2">
          Open tasks and conversations go with the leads. Their sequences wait until the new owner releases them.
        </p>
        {done === undefined ? null : (
          <div>
            <ProgressBar label="Leads handed over" parts={[{ value: done, className: "bg-accent" }]} total={total} />
            <p role="status" className="mt-1 text-meta text-ink-2">
              {count(done)} of {count(total)}. Keep this page open.
            </p>
          </div>
        )}
      </form>
    </Dialog>
  );
}

export function DeactivateDialog({
  member,
  onHandOver,
  onDeactivate,
  onClose,
}: {
  member: MemberView;
  onHandOver: () => void;
  onDeactivate: (keys: KeysChange) => void;
  onClose: () => void;
}) {
  const owned = useQuery(ownedQuery(member.id));
  const keys = useTheirKeys(member);
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Deactivate ${member.name}`}
      footer={
        <>
          {owned.data ? (
            <Button kind="primary" onClick={onHandOver}>
              Hand over leads
            </Button>
          ) : null}
          <Button onClick={() => onDeactivate(keys.change)} disabled={owned.isPending || keys.query.isPending}>
            Deactivate
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <Loaded query={owned} what="The number of leads">
        {(n) => (
          <p className="text-ink-2">
            {n
              ? `${member.name} owns ${plural(n, "lead")}. They stay with ${member.name} until you hand them over.`
              : `${member.name} owns no leads. You can activate ${member.name} again.`}
          </p>
        )}
      </Loaded>
      <TheirKeys member={member} keys={keys} />
    </Dialog>
  );
}

/** Asks before an admin gets a role in which nobody has keys or invites. */
export function DemoteDialog({
  member,
  role,
  onDemote,
  onClose,
}: {
  member: MemberView;
  role: Role;
  onDemote: (keys: KeysChange) => void;
  onClose: () => void;
}) {
  const keys = useTheirKeys(member);
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Change the role of ${member.name}`}
      footer={
        <>
          <Button kind="primary" onClick={() => onDemote(keys.change)} disabled={keys.query.isPending}>
            Change role
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <p className="text-ink-2">
        {member.name} becomes {roleWords(role)}. Invitations and password links that they sent end.
      </p>
      <TheirKeys member={member} keys={keys} />
    </Dialog>
  );
}

function useTheirKeys(member: MemberView) {
  const query = useQuery(keysQuery);
  const [kept, setKept] = useState(false);
  const theirs = query.data?.items.filter((key) => key.created_by === member.id && key.state === "active") ?? [];
  const change: KeysChange = kept && theirs.length ? { keep_keys: true } : {};
  return { query, theirs, kept, setKept, change };
}

/** What becomes of the API keys that a member created, who loses the access to have any. */
function TheirKeys({ member, keys }: { member: MemberView; keys: ReturnType<typeof useTheirKeys> }) {
  const { query, theirs, kept, setKept } = keys;
  const them = theirs.length > 1 ? "them" : "it";
  if (query.isError)
    return (
      <>
        <ErrorState
          what="The API keys did not load"
          error={query.error}
          retry={() => void query.refetch()}
          className="!mx-0 !mb-0 mt-3"
        />
        <p className="mt-1 text-ink-2">If {member.name} created any, programs that use them stop working.</p>
      </>
    );
  if (!theirs.length) return null;
  return (
    <div className="mt-3 space-y-1">
      <p className="text-ink-2">
        {member.name} created {plural(theirs.length, "API key")}, and may know {them}:{" "}
        {theirs.map((key) => key.name).join(", ")}. Programs that use {them} stop working.
      </p>
      <label className="flex items-center gap-1.5">
        <Checkbox checked={kept} onValue={setKept} />
        Keep {them} as mine
      </label>
    </div>
  );
}
