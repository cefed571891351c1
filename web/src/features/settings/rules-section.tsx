// Trigger rules: what happens automatically when something happens to a lead; listed, created, switched off, deleted.
import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { useCampaignNames } from "@/app/enrol/queries";
import { useStages } from "@/shared/lib/stages";
import { Button, IconButton } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { later } from "@/shared/ui/later";
import { Heading } from "@/shared/ui/section";
import { Empty, Loaded } from "@/shared/ui/states";
import { Switch } from "@/shared/ui/switch";
import { toast, toastProblem } from "@/shared/ui/toast";
import { rulesQuery, useRuleMoves } from "./queries";
import {
  actionWords,
  EMPTY_RULE,
  isStageGone,
  type RuleDraft,
  SUGGESTIONS,
  type TriggerRule,
  whenWords,
} from "./rules";

const RuleDialog = later(() => import("./rule-dialog").then((m) => m.RuleDialog));

export function RulesSection() {
  const query = useQuery(rulesQuery);
  const names = useCampaignNames();
  const may = useMay("manager");
  const { change, remove } = useRuleMoves();
  const [adding, setAdding] = useState<RuleDraft>();
  useStages();
  const [deleting, setDeleting] = useState<TriggerRule>();
  const turn = (rule: TriggerRule, enabled: boolean) =>
    change.mutate(
      { id: rule.id, body: { enabled } },
      { onError: (error) => toastProblem(`Could not change ${rule.name}`, error) },
    );
  const add = may ? (
    <Button icon={<Plus size={15} />} onClick={() => setAdding(EMPTY_RULE)}>
      Add a rule
    </Button>
  ) : undefined;
  return (
    <div className="p-6 max-lg:p-4">
      <Heading
        className="max-w-table"
        note="Automatic actions and follow-ups when something happens to a lead."
        aside={add}
      >
        Rules
      </Heading>
      <Loaded query={query} what="The rules">
        {(page) =>
          page.items.length === 0 ? (
            <Empty
              title="No rules yet"
              className="!mx-0"
              actions={
                may
                  ? SUGGESTIONS.map(({ label, draft }) => (
                      <Button key={label} onClick={() => setAdding(draft)}>
                        {label}
                      </Button>
                    ))
                  : undefined
              }
            >
              A rule can set a follow-up, tell the owner, make a task, enrol a lead in a campaign or stop its sequences:
              say, after a call that nobody answered.
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
                      note={`${whenWords(rule)}: ${actionWords(rule, names)}${isStageGone(rule) ? ". This stage was deleted, so the rule does nothing." : ""}`}
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
      {adding ? <RuleDialog begin={adding} onClose={() => setAdding(undefined)} /> : null}
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
