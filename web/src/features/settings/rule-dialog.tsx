// The dialog in which a trigger rule is made.
import { useQuery } from "@tanstack/react-query";
import { campaignsQuery } from "@/app/enrol/queries";
import { CALL_OUTCOMES } from "@/app/tasks/effects";
import { CountryInput } from "@/shared/forms/country-input";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { type Form, useForm } from "@/shared/forms/use-form";
import { INTENT_WORDS, OUTCOME_WORDS } from "@/shared/lib/labels";
import { stageOptions } from "@/shared/lib/stages";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { Switch } from "@/shared/ui/switch";
import { toast } from "@/shared/ui/toast";
import { useRuleMoves } from "./queries";
import { checkRule, EVENTS, isDeed, mayStop, type RuleDraft, ruleOf } from "./rules";

const OUTCOMES = CALL_OUTCOMES.map((outcome) => ({ value: outcome, label: OUTCOME_WORDS[outcome] }));
const INTENTS = (Object.keys(INTENT_WORDS) as RuleDraft["intent"][]).map((intent) => ({
  value: intent,
  label: INTENT_WORDS[intent],
}));

export function RuleDialog({ begin, onClose }: { begin: RuleDraft; onClose: () => void }) {
  const { add } = useRuleMoves();
  const form = useForm<RuleDraft>(
    begin,
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
        <TriggerValue form={form} />
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
        <Field label="Only from country">
          <CountryInput value={v.country} placeholder="Any" onValue={(country) => form.set("country", country)} />
        </Field>
      </div>
    </fieldset>
  );
}

/** What the chosen event is about: an outcome, a stage, a meaning, or a number of days. */
function TriggerValue({ form }: { form: Form<RuleDraft> }) {
  const v = form.values;
  switch (v.event) {
    case "preview_unanswered":
      return (
        <Field label="Within working days" error={form.errors.unanswered} className="w-40">
          <Input inputMode="numeric" value={v.unanswered} onChange={(e) => form.set("unanswered", e.target.value)} />
        </Field>
      );
    case "no_activity":
      return (
        <Field
          label="For days"
          error={form.errors.quiet}
          help="Not for leads that are in a campaign or have a follow-up."
          className="w-55"
        >
          <Input inputMode="numeric" value={v.quiet} onChange={(e) => form.set("quiet", e.target.value)} />
        </Field>
      );
    case "answered":
      return (
        <Field label="Meaning" className="w-55">
          <Select
            value={v.intent}
            options={INTENTS}
            onValue={(intent) => form.set("intent", intent)}
            className="w-full"
          />
        </Field>
      );
    case "call_ended":
      return (
        <Field label="Outcome" className="w-55">
          <Select
            value={v.outcome}
            options={OUTCOMES}
            onValue={(outcome) => form.set("outcome", outcome)}
            className="w-full"
          />
        </Field>
      );
    case "stage_reached":
      return (
        <Field label="Stage" className="w-55">
          <Select
            value={v.stage}
            options={stageOptions()}
            onValue={(stage) => form.set("stage", stage)}
            className="w-full"
          />
        </Field>
      );
    default:
      return null;
  }
}

function FollowUpFields({ form }: { form: Form<RuleDraft> }) {
  const v = form.values;
  return (
    <div className="grid gap-3 sm:grid-cols-[10rem_1fr]">
      <Field label="In working days" error={form.errors.days}>
        <Input inputMode="numeric" value={v.days} onChange={(e) => form.set("days", e.target.value)} />
      </Field>
      <Field label="What the follow-up is for" aside="optional">
        <Input value={v.note} maxLength={200} onChange={(e) => form.set("note", e.target.value)} />
      </Field>
    </div>
  );
}

function Then({ form }: { form: Form<RuleDraft> }) {
  const v = form.values;
  const campaigns = useQuery(campaignsQuery);
  const open = (campaigns.data?.items ?? []).filter((c) => c.state !== "completed" && c.state !== "archived");
  return (
    <fieldset className="space-y-2 border-t pt-3">
      <legend className="sr-only">Then</legend>
      {mayStop(v) ? (
        <Switch checked={v.stop} onValue={(on) => form.set("stop", on)} label="Stop all its sequences" />
      ) : null}
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
        checked={v.followUp}
        onValue={(on) => form.set("followUp", on)}
        label="Set a follow-up"
        note="A date that the lead has already stays. Lost leads get none."
      />
      {v.followUp ? <FollowUpFields form={form} /> : null}
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
