// Owner routing: the rules in order, who gets all other leads, who is away, and who would get the next ten leads.
import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { teamQuery } from "@/app/shared-queries";
import { Button, IconButton } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Empty, Loaded, Together } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import {
  awayWords,
  bodyOf,
  choiceWords,
  moved,
  type Routing,
  type RoutingRule,
  routingQuery,
  useSaveRouting,
  whenWords,
} from "./routing";
import { AwayDialog, OtherwiseDialog, RuleDialog } from "./routing-dialogs";
import { RoutingPreview } from "./routing-preview";

type Open = { what: "rule"; rule?: RoutingRule } | { what: "otherwise" } | { what: "away" };

export function RoutingSection() {
  const query = useQuery(routingQuery);
  const team = useQuery(teamQuery);
  return (
    <Together queries={[query, team]} what="The routing">
      <Loaded query={query} what="The routing">
        {(routing) => <Rules routing={routing} />}
      </Loaded>
    </Together>
  );
}

function Rules({ routing }: { routing: Routing }) {
  const may = useMay("manager");
  const team = useQuery(teamQuery).data?.items ?? [];
  const nameOf = (user: string) => team.find((member) => member.id === user)?.name ?? "A former member";
  const save = useSaveRouting();
  const [open, setOpen] = useState<Open>();
  const change = (next: Partial<Routing>, told: string) =>
    save.mutate(bodyOf({ ...routing, ...next }), {
      onSuccess: ({ rev }) => toast(told, { undo: () => save.mutateAsync(bodyOf({ ...routing, rev })) }),
      onError: (error) => toastProblem("Could not change the routing", error),
    });
  const { rules } = routing;
  return (
    <div className="max-w-table space-y-6 p-6 max-lg:p-4">
      <section>
        <Heading
          note="The first rule that fits a new lead decides."
          aside={
            may ? (
              <Button icon={<Plus size={15} />} onClick={() => setOpen({ what: "rule" })}>
                Add a rule
              </Button>
            ) : undefined
          }
        >
          Owner of new leads
        </Heading>
        {rules.length === 0 ? (
          <Empty title="No rules yet" className="!mx-0">
            A rule gives new leads their owner, whether they come from an import, from a program or by hand: in turn, by
            territory, or to whoever has the fewest open leads. A lead whose owner is stated keeps it.
          </Empty>
        ) : (
          <ol aria-label="Routing rules" className="divide-y border-y">
            {rules.map((rule, i) => (
              <li key={rule.id} className="flex items-center gap-1 py-2 max-sm:flex-wrap">
                <div className="min-w-0 flex-1 [overflow-wrap:anywhere] max-sm:basis-full">
                  <div className="font-medium">{rule.name}</div>
                  <div className="text-meta text-ink-2">
                    {whenWords(rule)}: {choiceWords(rule.assign, nameOf)}
                  </div>
                </div>
                {may ? (
                  <>
                    <IconButton
                      label={`Move ${rule.name} up`}
                      size="iconSm"
                      disabled={i === 0 || save.isPending}
                      onClick={() => change({ rules: moved(rules, i, -1) }, `${rule.name} moved up`)}
                    >
                      <ArrowUp size={14} />
                    </IconButton>
                    <IconButton
                      label={`Move ${rule.name} down`}
                      size="iconSm"
                      disabled={i === rules.length - 1 || save.isPending}
                      onClick={() => change({ rules: moved(rules, i, 1) }, `${rule.name} moved down`)}
                    >
                      <ArrowDown size={14} />
                    </IconButton>
                    <IconButton
                      label={`Change ${rule.name}`}
                      size="iconSm"
                      onClick={() => setOpen({ what: "rule", rule })}
                    >
                      <Pencil size={14} />
                    </IconButton>
                    <IconButton
                      label={`Delete ${rule.name}`}
                      size="iconSm"
                      disabled={save.isPending}
                      onClick={() =>
                        change({ rules: rules.filter((other) => other.id !== rule.id) }, `${rule.name} deleted`)
                      }
                    >
                      <Trash2 size={14} />
                    </IconButton>
                  </>
                ) : null}
              </li>
            ))}
          </ol>
        )}
        <div className="flex items-center gap-3 py-2">
          <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            <div className="font-medium">All other leads</div>
            <div className="text-meta text-ink-2">Go to {choiceWords(routing.otherwise, nameOf)}</div>
          </div>
          {may ? (
            <Button
              size="sm"
              aria-label="Change who gets all other leads"
              onClick={() => setOpen({ what: "otherwise" })}
            >
              Change
            </Button>
          ) : null}
        </div>
      </section>
      <section>
        <Heading
          note="Skipped while away."
          aside={may ? <Button onClick={() => setOpen({ what: "away" })}>Add an absence</Button> : undefined}
        >
          Away
        </Heading>
        {routing.away.length === 0 ? (
          <p className="text-ink-2">Everyone gets new leads.</p>
        ) : (
          <ul aria-label="Members who are away" className="divide-y border-y">
            {routing.away.map((away) => (
              <li key={away.user} className="flex items-center gap-3 py-1.5">
                <span className="min-w-0 flex-1">
                  <span className="font-medium">{nameOf(away.user)}</span>{" "}
                  <span className="text-ink-2">{awayWords(away.until)}</span>
                </span>
                {may ? (
                  <IconButton
                    label={`${nameOf(away.user)} is back`}
                    size="iconSm"
                    disabled={save.isPending}
                    onClick={() =>
                      change(
                        { away: routing.away.filter((other) => other.user !== away.user) },
                        `${nameOf(away.user)} gets new leads`,
                      )
                    }
                  >
                    <Trash2 size={14} />
                  </IconButton>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </section>
      {may ? <RoutingPreview rev={routing.rev} nameOf={nameOf} /> : null}
      {open?.what === "rule" ? (
        <RuleDialog routing={routing} rule={open.rule} team={team} onClose={() => setOpen(undefined)} />
      ) : null}
      {open?.what === "otherwise" ? (
        <OtherwiseDialog routing={routing} team={team} onClose={() => setOpen(undefined)} />
      ) : null}
      {open?.what === "away" ? <AwayDialog routing={routing} team={team} onClose={() => setOpen(undefined)} /> : null}
    </div>
  );
}
