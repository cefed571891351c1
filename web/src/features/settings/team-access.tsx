// Who sees which leads: the choice for reps, and the teams whose leads a manager sees.
import { useQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { useState } from "react";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { type MemberView, teamQuery } from "@/app/shared-queries";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Dialog } from "@/shared/ui/dialog";
import { Heading } from "@/shared/ui/section";
import { Empty } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { Choice } from "./choice";
import { settingsQuery, useChangeSettings } from "./queries";

type Team = Schema["Team"];
type RepsSee = Schema["RepsSee"];

const SEES: { value: RepsSee; label: string }[] = [
  { value: "all_leads", label: "All leads" },
  { value: "own_leads", label: "Their own leads" },
];

export function TeamAccess() {
  const settings = useQuery(settingsQuery);
  const members = useQuery(teamQuery).data?.items ?? [];
  const { mutate, mutateAsync } = useChangeSettings();
  const may = useMay("admin");
  /** The place of the team that is being changed; -1 is a new one. */
  const [at, setAt] = useState<number>();
  const access = settings.data?.lead_access;
  if (!access) return null;
  const { teams, reps_see: sees } = access;
  const change = (next: Team[]) => ({ lead_access: { teams: next } });
  const remove = (team: Team) =>
    mutate(change(teams.filter((other) => other !== team)), {
      onSuccess: () => toast(`${team.name} removed`, { undo: () => mutateAsync(change(teams)) }),
      onError: (error) => toastProblem(`Could not remove ${team.name}`, error),
    });
  const named = (id: string) => members.find((member) => member.id === id)?.name ?? "a former member";
  return (
    <section aria-label="Who sees which leads" className="pt-6">
      <Heading
        className="max-w-table"
        aside={
          may ? (
            <Button icon={<Users size={15} />} onClick={() => setAt(-1)}>
              Add a team
            </Button>
          ) : undefined
        }
      >
        Teams
      </Heading>
      {may ? (
        <Choice
          label="Reps see"
          help="With their own leads, reps see nothing of other leads. Managers see the leads of their team; a manager without a team sees all, and so do admins and API keys."
          value={sees}
          options={SEES}
          change={(reps_see) => ({ lead_access: { reps_see } })}
        />
      ) : (
        <p className="pt-2 text-ink-2">
          {sees === "own_leads" ? "Reps see their own leads." : "Everyone sees all leads."}
        </p>
      )}
      {teams.length === 0 ? (
        <Empty title="No teams yet" className="!mx-0">
          A manager in a team sees the leads of its members, once reps see their own.
        </Empty>
      ) : (
        <ul className="mt-3 max-w-table divide-y border-y">
          {teams.map((team, place) => (
            <li key={team.name} className="flex min-h-row-person flex-wrap items-center gap-3 py-1.5">
              <span className="min-w-0 flex-1 basis-50">
                <span className="block font-medium">{team.name}</span>
                <span className="block text-meta text-ink-2">
                  {team.members.length ? team.members.map(named).join(", ") : "Nobody yet"}
                </span>
              </span>
              {may ? (
                <>
                  <Button size="sm" kind="quiet" aria-label={`Change ${team.name}`} onClick={() => setAt(place)}>
                    Change
                  </Button>
                  <Button size="sm" kind="quiet" aria-label={`Remove ${team.name}`} onClick={() => remove(team)}>
                    Remove
                  </Button>
                </>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {at === undefined ? null : (
        <TeamDialog
          team={teams[at]}
          others={teams.filter((_, place) => place !== at)}
          members={members}
          save={(team) =>
            mutateAsync(change(at < 0 ? [...teams, team] : teams.map((old, place) => (place === at ? team : old))))
          }
          onClose={() => setAt(undefined)}
        />
      )}
    </section>
  );
}

function TeamDialog({
  team,
  others,
  members,
  save,
  onClose,
}: {
  team?: Team;
  others: Team[];
  members: MemberView[];
  save: (team: Team) => Promise<unknown>;
  onClose: () => void;
}) {
  const form = useForm(
    { name: team?.name ?? "", members: team?.members ?? [] },
    async (v) => {
      await save({ name: v.name.trim(), members: v.members });
      onClose();
    },
    (v): Record<string, string> => (v.name.trim() ? {} : { name: "Enter a name." }),
  );
  const teamOf = (id: string) => others.find((other) => other.members.includes(id));
  const choose = (id: string, is: boolean) =>
    form.set("members", is ? [...form.values.members, id] : form.values.members.filter((other) => other !== id));
  return (
    <Dialog
      open
      onClose={onClose}
      title={team ? `Change ${team.name}` : "Add a team"}
      footer={
        <>
          <Button kind="primary" type="submit" form="team" busy={form.busy}>
            {team ? "Save team" : "Add team"}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="team" onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} fields={["name"]} />
        <Field label="Name" error={form.errors.name}>
          <Input value={form.values.name} onChange={(e) => form.set("name", e.target.value)} />
        </Field>
        <fieldset>
          <legend className="text-meta text-ink-2">Members</legend>
          <ul>
            {members.map((member) => {
              const elsewhere = teamOf(member.id);
              return (
                <li key={member.id} className="flex items-center gap-2 py-0.5">
                  <Checkbox
                    aria-label={member.name}
                    checked={form.values.members.includes(member.id)}
                    disabled={!!elsewhere}
                    onValue={(is) => choose(member.id, is)}
                  />
                  <span aria-hidden="true">{member.name}</span>
                  {elsewhere ? <span className="text-meta text-ink-2">in {elsewhere.name}</span> : null}
                </li>
              );
            })}
          </ul>
        </fieldset>
      </form>
    </Dialog>
  );
}
