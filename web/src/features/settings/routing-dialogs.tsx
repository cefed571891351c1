// The dialogs of owner routing: a rule, who gets all other leads, an absence.
import { CircleAlert } from "lucide-react";
import type { MemberView } from "@/app/shared-queries";
import { CountriesInput } from "@/shared/forms/countries-input";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { type Form, useForm } from "@/shared/forms/use-form";
import { isoDay } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { toast } from "@/shared/ui/toast";
import {
  bodyOf,
  checkRule,
  checkUsers,
  choiceOf,
  draftOf,
  EMPTY_RULE,
  HOW,
  type Routing,
  type RoutingRule,
  type RuleDraft,
  ruleOf,
  usersOf,
  useSaveRouting,
} from "./routing";

interface Props {
  routing: Routing;
  team: readonly MemberView[];
  onClose: () => void;
}

/** Members who may own leads: those who can change them. */
const owners = (team: readonly MemberView[]) => team.filter((m) => m.role !== "read_only" && !m.disabled);

function useSave({ routing, onClose }: Pick<Props, "routing" | "onClose">) {
  const save = useSaveRouting();
  return async (next: Partial<Parameters<typeof save.mutateAsync>[0]>, told: string) => {
    const { rev } = await save.mutateAsync({ ...bodyOf(routing), ...next });
    toast(told, { undo: () => save.mutateAsync(bodyOf({ ...routing, rev })) });
    onClose();
  };
}

function Footer({ form, save, busy, onClose }: { form: string; save: string; busy: boolean; onClose: () => void }) {
  return (
    <>
      <Button kind="primary" type="submit" form={form} busy={busy}>
        {save}
      </Button>
      <Button kind="quiet" onClick={onClose}>
        Cancel
      </Button>
    </>
  );
}

function Who<T extends Pick<RuleDraft, "how" | "users">>({
  form,
  team,
}: {
  form: Pick<Form<T>, "values" | "errors"> & { set: (key: "how" | "users", value: never) => void };
  team: readonly MemberView[];
}) {
  const { how, users } = form.values;
  const set = form.set as (key: "how" | "users", value: RuleDraft["how"] | string[]) => void;
  const shown = [...owners(team), ...team.filter((m) => users.includes(m.id) && !owners(team).includes(m))];
  return (
    <>
      <Field label="Give them">
        <Select value={how} options={HOW} onValue={(next) => set("how", next)} className="w-full" />
      </Field>
      {how === "nobody" ? null : how === "one" ? (
        <Field label="Owner" error={form.errors.users}>
          <Select
            value={users[0] ?? ""}
            placeholder="Choose a member"
            options={shown.map((m) => ({ value: m.id, label: m.name }))}
            onValue={(user) => set("users", [user])}
            className="w-full"
          />
        </Field>
      ) : (
        <fieldset>
          <legend className="mb-1 font-medium">Members</legend>
          {shown.map((m) => (
            <label key={m.id} className="flex items-center gap-1.5 py-0.5">
              <Checkbox
                checked={users.includes(m.id)}
                onValue={(on) => set("users", on ? [...users, m.id] : users.filter((user) => user !== m.id))}
              />
              {m.name}
              {m.disabled ? <span className="text-meta text-ink-3">disabled: passed over</span> : null}
            </label>
          ))}
          {form.errors.users ? (
            <p role="alert" className="mt-1 flex items-start gap-1.5 text-bad-ink">
              <CircleAlert size={14} aria-hidden="true" className="mt-[3px] shrink-0" />
              {form.errors.users}
            </p>
          ) : null}
        </fieldset>
      )}
    </>
  );
}

export function RuleDialog({ rule, ...props }: Props & { rule?: RoutingRule }) {
  const { routing, team, onClose } = props;
  const save = useSave(props);
  const at = rule ? routing.rules.findIndex((other) => other.id === rule.id) : routing.rules.length;
  const form = useForm<RuleDraft>(
    rule ? draftOf(rule) : EMPTY_RULE,
    async (draft) => {
      const rules: Parameters<typeof save>[0]["rules"] = [...routing.rules];
      rules[at] = ruleOf(draft, rule?.id);
      await save({ rules }, `${draft.name.trim()} ${rule ? "changed" : "added"}`);
    },
    checkRule,
  );
  const faults = Object.entries(form.errors);
  const under = (part: string) => faults.find(([field]) => field.startsWith(`rules[${at}].${part}`))?.[1];
  const text = (key: "regions" | "sources" | "tags", label: string, help: string) => (
    <Field label={label} help={help} error={form.errors[key] ?? under(`when.${key}`)}>
      <Input value={form.values[key]} onChange={(e) => form.set(key, e.target.value)} />
    </Field>
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={rule ? `Change ${rule.name}` : "Add a rule"}
      footer={<Footer form="routing-rule" save={rule ? "Save rule" : "Add rule"} busy={form.busy} onClose={onClose} />}
    >
      <form id="routing-rule" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={faults.map(([field]) => field)} />
        <Field label="Name" error={form.errors.name ?? under("name")}>
          <Input value={form.values.name} maxLength={60} onChange={(e) => form.set("name", e.target.value)} />
        </Field>
        <fieldset className="space-y-3">
          <legend className="mb-1 font-medium">Leads that meet all of these</legend>
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label="Countries" error={form.errors.countries ?? under("when.countries")}>
              <CountriesInput
                values={form.values.countries}
                onValues={(countries) => form.set("countries", countries)}
              />
            </Field>
            {text("regions", "States or cities", "With commas between.")}
            {text("sources", "Sources", "As the lead's source says.")}
            {text("tags", "Tags", "One of these.")}
          </div>
        </fieldset>
        <Who form={form} team={team} />
      </form>
    </Dialog>
  );
}

export function OtherwiseDialog(props: Props) {
  const { routing, team, onClose } = props;
  const save = useSave(props);
  const form = useForm<Pick<RuleDraft, "how" | "users">>(
    { how: routing.otherwise.how, users: usersOf(routing.otherwise) },
    (draft) => save({ otherwise: choiceOf(draft) }, "Saved"),
    checkUsers,
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title="All other leads"
      footer={<Footer form="routing-otherwise" save="Save" busy={form.busy} onClose={onClose} />}
    >
      <form id="routing-otherwise" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={["users"]} />
        <Who form={form} team={team} />
      </form>
    </Dialog>
  );
}

export function AwayDialog(props: Props) {
  const { routing, team, onClose } = props;
  const save = useSave(props);
  const form = useForm(
    { user: "", until: isoDay(Date.now()) },
    async ({ user, until }) => {
      const away = [...routing.away.filter((other) => other.user !== user), { user, until }];
      const name = team.find((m) => m.id === user)?.name ?? "The member";
      await save({ away }, `${name} is away`);
    },
    ({ user, until }): Record<string, string> => ({
      ...(user ? {} : { user: "Choose a member." }),
      ...(until ? {} : { until: "Enter the last day." }),
    }),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Add an absence"
      footer={<Footer form="routing-away" save="Save absence" busy={form.busy} onClose={onClose} />}
    >
      <form id="routing-away" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={["user", "until"]} />
        <Field label="Member" error={form.errors.user}>
          <Select
            value={form.values.user}
            placeholder="Choose a member"
            options={owners(team).map((m) => ({ value: m.id, label: m.name }))}
            onValue={(user) => form.set("user", user)}
            className="w-full"
          />
        </Field>
        <Field label="Last day away" error={form.errors.until} className="w-45">
          <Input type="date" value={form.values.until} onChange={(e) => form.set("until", e.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}
