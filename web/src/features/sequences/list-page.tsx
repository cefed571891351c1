// All sequences, newest change first.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import { sequencesQuery } from "@/app/shared-queries";
import { Page, Scroll } from "@/app/shell/page";
import { TimelineIcon } from "@/app/timeline/icon";
import { ago, plural } from "@/shared/lib/format";
import { STEP_WORDS, stepIcon } from "@/shared/lib/step-kinds";
import { weekWords } from "@/shared/lib/week";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Empty, Loaded } from "@/shared/ui/states";
import { StationIcon } from "@/shared/ui/timeline";
import { useFromFile } from "./from-file";
import { useFromOffer } from "./from-offer";
import { kindOf } from "./model";

export function SequencesPage() {
  const query = useQuery(sequencesQuery);
  const may = useMay("rep");
  const navigate = useNavigate();
  const make = () => void navigate({ to: "/sequences/$id", params: { id: "new" } });
  useCommands(
    may ? [{ id: "new-sequence", title: "New sequence", group: "This page", keys: "n", icon: Plus, run: make }] : [],
  );
  const fromFile = useFromFile(may);
  const fromOffer = useFromOffer(may);
  const add = may ? (
    <>
      {fromOffer.button}
      {fromFile.button}
      <Button kind="primary" icon={<Plus size={15} />} hint="N" onClick={make}>
        New sequence
      </Button>
    </>
  ) : null;
  return (
    <Page
      quick={may ? { label: "New sequence", icon: <Plus size={22} strokeWidth={1.6} />, run: make } : undefined}
      title="Sequences"
      muted={query.data ? String(query.data.items.length) : undefined}
      actions={add}
    >
      {fromFile.parts}
      {fromOffer.parts}
      <Scroll>
        <Loaded query={query} what="Sequences">
          {(page) =>
            page.items.length === 0 ? (
              <Empty title="No sequences yet" actions={add}>
                A sequence is the series of messages and tasks for one lead, until they reply. A campaign sends it to
                leads.
              </Empty>
            ) : (
              <>
                <ul>
                  {page.items.map((s) => (
                    <li
                      key={s.id}
                      className="flex min-h-row-two items-center gap-4 border-b px-6 py-2 hover:bg-sunken max-lg:px-4"
                    >
                      <div className="min-w-0 flex-1">
                        <Link to="/sequences/$id" params={{ id: s.id }} className="font-medium hover:underline">
                          {s.name}
                        </Link>{" "}
                        <Badge className="ml-1">v{s.version}</Badge> {s.archived ? <Badge>Archived</Badge> : null}
                        <p className="truncate text-meta text-ink-2">
                          {plural(s.steps.length, "step")}, {weekWords(s.window)} in their time
                        </p>
                      </div>
                      <div
                        className="flex items-center max-sm:hidden"
                        role="img"
                        aria-label={s.steps.map((x) => STEP_WORDS[kindOf(x)]).join(", ")}
                      >
                        {s.steps.slice(0, 8).map((x, i) => (
                          <span key={i} className="flex items-center">
                            {i ? <span className="w-2 border-t border-edge" /> : null}
                            <StationIcon tone="past" diamond={x.kind === "branch"}>
                              <TimelineIcon name={stepIcon(kindOf(x))} size={12} />
                            </StationIcon>
                          </span>
                        ))}
                      </div>
                      <span className="w-28 text-right text-ink-2 max-sm:w-auto">{ago(s.updated_at)}</span>
                    </li>
                  ))}
                </ul>
                {may ? <div className="p-4 sm:hidden">{fromFile.button}</div> : null}
              </>
            )
          }
        </Loaded>
      </Scroll>
    </Page>
  );
}
