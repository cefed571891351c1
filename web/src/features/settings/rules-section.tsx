// Trigger rules: what happens automatically when a lead does something; listed, created, switched off, deleted.
import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { campaignsQuery, useCampaignNames } from "@/app/enrol/queries";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { type Form, useForm } from "@/shared/forms/use-form";
import { stageOptions } from "@/shared/lib/stages";
import { Button, IconButton } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Dialog } from "@/shared/ui/dialog";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Empty, Loaded } from "@/shared/ui/states";
import { Switch } from "@/shared/ui/switch";
import { toast, toastProblem } from "@/shared/ui/toast";
import { rulesQuery, useRuleMoves } from "./queries";
import {
  actionWords,
  checkRule,
  EMPTY_RULE,
  EVENTS,
  isDeed,
  type RuleDraft,
  ruleOf,
  type TriggerRule,
  whenWords,
} from "./rules";

export function RulesSection() {
  const query = useQuery(rulesQuery);
  const names = useCampaignNames();
  const may = useMay("manager");
  const { change, remove } = useRuleMoves();
  const [adding, setAdding] = useState(false);
  const [deleting, setDeleting] = useState<TriggerRule>();
  const turn = (rule: TriggerRule, enabled: boolean) =>
    change.mutate(
      { id: rule.id, body: { enabled } },
      { onError: (error) => toastProblem(`Could not change ${rule.name}`, error) },
    );
  const add = may ? (
    <Button icon={<Plus size={15} />} onClick={() => setAdding(true)}>
      Add a rule
    </Button>
  ) : undefined;
  return (
    <div className="p-6 max-lg:p-4">
      <Heading className="max-w-table" note="Automatic actions when a lead does something." aside={add}>
        Rules
      </Heading>
      <Loaded query={query} what="The rules">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="No rules yet" className="!mx-0">
              A rule can tell the owner, make a task, enrol a lead in a campaign or stop its sequences: say, as soon as
              it turns hot.
            </Empty>
          ) : (
            <ul aria-label="Rules" className="mt-1 max-w-table divide-y border-y">
              {page.items.map((rule) => (
                <li key={rule.id} className="flex items-start gap-3 py-2">
                  <div className="min-w-0 flex-1">
                    <Switch
                      checked={rule.enabled}
                      disabled={!may || change.isPending}
                      onValue={(on) => turn(rule, on)}
                      label={rule.name}
                      note={`${whenWords(rule)}: ${actionWords(rule, names)}`}
                    />
                  </div>
                  {may ? (
                    <IconButton label={`Delete ${rule.name}`} size="iconSm" onClick={() => setDeleting(rule)}>
                      <Trash2 size={14} />
                    </IconButton>
                  ) : null}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {adding ? <AddRule onClose={() => setAdding(false)} /> : null}
      {deleting ? (
        <ConfirmDialog
          title={`Delete ${deleting.name}?`}
          yes="Delete rule"
          busy={remove.isPending}
          error={remove.error}
          onYes={() =>
            remove.mutate(deleting.id, {
              onSuccess: () => {
                setDeleting(undefined);
                toast(`${deleting.name} deleted`);
              },
            })
          }
          onClose={() => {
            remove.reset();
            setDeleting(undefined);
          }}
        >
          What it already did is kept. To pause it, switch it off instead.
        </ConfirmDialog>
      ) : null}
    </div>
  );
}

function AddRule({ onClose }: { onClose: () => void }) {
  const { add } = useRuleMoves();
  const form = useForm<RuleDraft>(
    EMPTY_RULE,
    async (v) => {
      await add.mutateAsync(ruleOf(v));
      toast(`${v.name.trim()} is on`);
      onClose();
    },
    checkRule,
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Add a rule"
      footer={
        <>
          <Button kind="primary" type="submit" form="add-rule" busy={form.busy}>
            Save rule
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="add-rule" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={["name"]} />
        <Field label="Name" error={form.errors.name}>
          <Input value={form.values.name} onChange={(e) => form.set("name", e.target.value)} />
        </Field>
        <When form={form} />
        <Then form={form} />
      </form>
    </Dialog>
  );
}

function When({ form }: { form: Form<RuleDraft> }) {
  const v = form.values;
  return (
    <fieldset className="space-y-3">
      <legend className="sr-only">When</legend>
      <div className="flex flex-wrap items-start gap-3">
        <Field label="When" className="min-w-55 flex-1">
          <Select value={v.event} options={EVENTS} onValue={(event) => form.set("event", event)} className="w-full" />
        </Field>
        {isDeed(v.event) ? (
          <Field label="Number of times" error={form.errors.times} className="w-27.5">
            <Input inputMode="numeric" value={v.times} onChange={(e) => form.set("times", e.target.value)} />
          </Field>
        ) : null}
      </div>
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label="Only in stage">
          <Select
            value={v.status}
            options={[{ value: "", label: "Any" }, ...stageOptions()]}
            onValue={(status) => form.set("status", status)}
            className="w-full"
          />
        </Field>
        <Field label="Only with tag">
          <Input value={v.tag} onChange={(e) => form.set("tag", e.target.value)} />
        </Field>
        <Field label="Only from country" help="Two letters, such as GB.">
          <Input value={v.country} maxLength={2} onChange={(e) => form.set("country", e.target.value)} />
        </Field>
      </div>
    </fieldset>
  );
}

function Then({ form }: { form: Form<RuleDraft> }) {
  const v = form.values;
  const campaigns = useQuery(campaignsQuery);
  const open = (campaigns.data?.items ?? []).filter((c) => c.state !== "completed" && c.state !== "archived");
  return (
    <fieldset className="space-y-2 border-t pt-3">
      <legend className="sr-only">Then</legend>
      <Switch checked={v.stop} onValue={(on) => form.set("stop", on)} label="Stop all its sequences" />
      <Switch checked={v.enrol} onValue={(on) => form.set("enrol", on)} label="Enrol in a campaign" />
      {v.enrol ? (
        <Field label="Campaign" error={form.errors.campaign}>
          <Select
            value={v.campaign}
            placeholder={campaigns.isPending ? "Loading campaigns" : "Choose a campaign"}
            options={open.map((c) => ({ value: c.id, label: c.name }))}
            onValue={(campaign) => form.set("campaign", campaign)}
            className="w-full"
          />
        </Field>
      ) : null}
      <Switch checked={v.task} onValue={(on) => form.set("task", on)} label="Create a task" />
      {v.task ? (
        <Field label="What needs to be done" error={form.errors.title}>
          <Input value={v.title} maxLength={200} onChange={(e) => form.set("title", e.target.value)} />
        </Field>
      ) : null}
      <Switch
        checked={v.notify}
        onValue={(on) => form.set("notify", on)}
        label="Notify its owner"
        note="Everyone, if it has no owner."
      />
      {form.errors.actions ? (
        <p role="alert" className="text-bad-ink">
          {form.errors.actions}
        </p>
      ) : null}
    </fieldset>
  );
}
