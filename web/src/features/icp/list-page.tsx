// The workspace's ideal customer profiles (ICPs).
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Plus, Sparkles, Target, Trash2 } from "lucide-react";
import { useState } from "react";
import { asProblem } from "@/api/errors";
import type { IcpView } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import { icpsQuery } from "@/app/icp/queries";
import { Page, Scroll } from "@/app/shell/page";
import { useMayAskAi } from "@/app/writing/use-ai";
import { count, plural } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Button, IconButton } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Empty, Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { ProposeDialog } from "./proposal";
import { useIcpMoves } from "./queries";

export function IcpsPage() {
  const query = useQuery(icpsQuery);
  const may = useMay("manager");
  const navigate = useNavigate();
  const { change, remove, restore } = useIcpMoves();
  const mayPropose = useMayAskAi() && may;
  const [isProposing, setProposing] = useState(false);
  const [refused, setRefused] = useState<{ name: string; why: string }>();
  const make = (id = "new") => void navigate({ to: "/icp/$id", params: { id } });
  useCommands(
    may
      ? [
          { id: "new-icp", title: "New ICP", group: "This page", keys: "n", icon: Plus, run: () => make() },
          ...(mayPropose
            ? [
                {
                  id: "propose-icp",
                  title: "Propose an ICP from a description",
                  group: "This page" as const,
                  icon: Sparkles,
                  run: () => setProposing(true),
                },
              ]
            : []),
        ]
      : [],
  );
  const drop = (icp: IcpView) =>
    remove.mutate(icp.id, {
      onSuccess: () => toast(`${icp.name} deleted`, { undo: () => restore(icp) }),
      onError: (error) => {
        const problem = asProblem(error);
        if (problem.code === "in_use") setRefused({ name: icp.name, why: problem.detail });
        else toastProblem(`Could not delete ${icp.name}`, error);
      },
    });
  const makeMain = (icp: IcpView) => {
    const former = query.data?.items.find((other) => other.main);
    change.mutate(
      { id: icp.id, rev: icp.rev, main: true },
      {
        onSuccess: (made) =>
          toast(`${icp.name} is the main ICP`, {
            undo: () => change.mutateAsync(former ? { id: former.id, main: true } : { id: made.id, main: false }),
          }),
        onError: (error) => toastProblem(`Could not make ${icp.name} the main ICP`, error),
      },
    );
  };
  const propose = mayPropose ? <Button onClick={() => setProposing(true)}>Propose from a description</Button> : null;
  const newButton = may ? (
    <>
      {propose}
      <Button kind="primary" icon={<Plus size={15} />} hint="N" onClick={() => make()}>
        New ICP
      </Button>
    </>
  ) : undefined;
  return (
    <Page
      title="ICP"
      muted={query.data ? count(query.data.items.length) : undefined}
      actions={newButton}
      quick={may ? { label: "New ICP", icon: <Plus size={22} strokeWidth={1.6} />, run: () => make() } : undefined}
    >
      <Scroll>
        <Loaded query={query} what="The ICPs">
          {({ items }) =>
            items.length === 0 ? (
              <Empty
                title="No ideal customer profile yet"
                actions={
                  may ? (
                    <>
                      <Button kind="primary" onClick={() => make("example")}>
                        Start with an example
                      </Button>
                      <Button onClick={() => make()}>Start empty</Button>
                      {propose}
                    </>
                  ) : undefined
                }
              >
                An ICP says which leads suit you: what must be true of them, and what makes one better than another.
                Every lead then has a fit from 0 to 100 with its reasons, by which lists are filtered and sorted.
              </Empty>
            ) : (
              <ul aria-label="ICPs">
                {items.map((icp) => (
                  <li
                    key={icp.id}
                    className="flex min-h-row-two items-center gap-2 border-b px-6 py-2 hover:bg-sunken max-lg:px-4 max-sm:flex-wrap"
                  >
                    <div className="min-w-0 flex-1 [overflow-wrap:anywhere] max-sm:basis-full">
                      <Link to="/icp/$id" params={{ id: icp.id }} className="font-medium hover:underline">
                        {icp.name}
                      </Link>
                      {icp.main ? (
                        <Badge tone="accent" className="ml-2">
                          Main
                        </Badge>
                      ) : null}
                      <p className="text-meta text-ink-2">
                        {plural(icp.rules.length, "rule")}, {plural(icp.weights.length, "weight")}, good from{" "}
                        {icp.threshold} on, version {icp.version}
                      </p>
                    </div>
                    {may ? (
                      <span className="flex shrink-0 gap-1 max-sm:ml-auto">
                        {icp.main ? null : (
                          <IconButton
                            label={`Make ${icp.name} the main ICP`}
                            size="iconSm"
                            disabled={change.isPending}
                            onClick={() => makeMain(icp)}
                          >
                            <Target size={14} />
                          </IconButton>
                        )}
                        <IconButton
                          label={`Delete ${icp.name}`}
                          size="iconSm"
                          disabled={remove.isPending}
                          onClick={() => drop(icp)}
                        >
                          <Trash2 size={14} />
                        </IconButton>
                      </span>
                    ) : null}
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Scroll>
      {isProposing ? <ProposeDialog onClose={() => setProposing(false)} /> : null}
      <Dialog
        open={!!refused}
        onClose={() => setRefused(undefined)}
        title={`${refused?.name ?? "The ICP"} is in use`}
        footer={<Button onClick={() => setRefused(undefined)}>Close</Button>}
      >
        <p className="[overflow-wrap:anywhere]">{refused?.why}</p>
        <p className="mt-2 text-ink-2">Nothing was deleted.</p>
      </Dialog>
    </Page>
  );
}
