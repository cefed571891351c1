// The board: the leads of the list by stage, all together or in a lane for each owner.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useEffect, useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { useCampaignNames } from "@/app/enrol/queries";
import { teamQuery } from "@/app/shared-queries";
import { useAwake } from "@/shared/lib/awake";
import { useNow, usePhone } from "@/shared/lib/hooks";
import { arrowsScroll } from "@/shared/lib/keyboard";
import { createStoredStore, useStore } from "@/shared/lib/store";
import { Button } from "@/shared/ui/button";
import { Scrollable } from "@/shared/ui/scrollable";
import { Select } from "@/shared/ui/select";
import { useNextSteps } from "../next-steps";
import type { LeadsView } from "../queries";
import type { Drag } from "./card";
import { LaneSum } from "./deal-sums";
import { Lane } from "./lane";
import type { BoardSort } from "./model";

const CLOSED_DAYS = 30;
/** The lanes that are open at first. */
const OPEN_LANES = 5;

const sortStore = createStoredStore<BoardSort>("leadflow.board.sort", "score", ["score", "stage_since"]);
const laneStore = createStoredStore<"none" | "owner">("leadflow.board.lanes", "none", ["none", "owner"]);
const closedStore = createStoredStore<"recent" | "all">("leadflow.board.closed", "recent", ["recent", "all"]);

export function Board({ view }: { view: LeadsView }) {
  const may = useMay("rep");
  const phone = usePhone();
  const now = useNow();
  const awake = useAwake();
  const campaigns = useCampaignNames();
  const steps = useNextSteps();
  const sort = useStore(sortStore);
  const lanes = useStore(laneStore);
  const closed = useStore(closedStore);
  const [drag, setDrag] = useState<Drag>();
  const [folded, setFolded] = useState<Record<string, boolean>>({});
  const team = useQuery({ ...teamQuery, enabled: lanes === "owner" }).data?.items ?? [];
  useEffect(() => {
    if (awake && may && !phone) void import("./drag").then((made) => setDrag(made));
  }, [awake, may, phone]);
  const asked = { view, sort, closedDays: closed === "recent" ? CLOSED_DAYS : undefined };
  const same = { now, campaigns, steps, may, phone, drag };
  const chosen = view.filters.owner?.[0];
  const owners = [...team.map(({ id, name }) => ({ id, name })), { id: "none", name: "Nobody" }];
  const shown = owners.filter(({ id }) => !chosen || id === chosen);
  const isOpenLane = (id: string, at: number) => !(folded[id] ?? at >= OPEN_LANES);
  const firstOpen = shown.find(({ id }, at) => isOpenLane(id, at));
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="no-scrollbar flex shrink-0 items-center gap-2 overflow-x-auto border-b px-6 py-1.5 max-lg:px-4">
        <Select
          aria-label="Order of the cards"
          bare
          value={sort}
          options={[
            { value: "score", label: "Best score first" },
            { value: "stage_since", label: "Longest in stage first" },
          ]}
          onValue={sortStore.set}
          className="w-48 shrink-0"
        />
        <Select
          aria-label="Lanes"
          bare
          value={lanes}
          options={[
            { value: "none", label: "No lanes" },
            { value: "owner", label: "A lane for each owner" },
          ]}
          onValue={laneStore.set}
          className="w-48 shrink-0"
        />
        <Select
          aria-label="Won and lost leads"
          bare
          value={closed}
          options={[
            { value: "recent", label: `Closed in the last ${CLOSED_DAYS} days` },
            { value: "all", label: "All closed leads" },
          ]}
          onValue={closedStore.set}
          className="w-56 shrink-0"
        />
        <Link to="/pipeline" className="shrink-0 text-accent-ink hover:underline">
          Pipeline
        </Link>
        {may ? (
          <span className="ml-auto shrink-0 text-meta text-ink-2 max-lg:hidden">
            Arrows go to a card, with Shift they move it, Esc puts it back
          </span>
        ) : null}
      </div>
      {lanes === "none" ? (
        <Lane asked={asked} isFirst {...same} />
      ) : (
        <Scrollable label="Lanes" className="min-h-0 flex-1 overflow-y-auto -outline-offset-2" onKeyDown={arrowsScroll}>
          {shown.map(({ id, name }, i) => {
            const isOpen = isOpenLane(id, i);
            return (
              <section key={id} aria-label={`Leads of ${name}`} className="border-b">
                <Button
                  kind="bare"
                  aria-expanded={isOpen}
                  className="flex h-9 w-full items-center gap-1.5 bg-sunken px-4 font-medium -outline-offset-2"
                  onClick={() => setFolded((was) => ({ ...was, [id]: isOpen }))}
                >
                  {isOpen ? <ChevronDown size={14} /> : <ChevronRight size={14} />} {name}
                  <LaneSum asked={{ ...asked, owner: id }} />
                </Button>
                {isOpen ? (
                  <div className="flex h-[304px] flex-col">
                    <Lane asked={{ ...asked, owner: id }} owner={name} isFirst={id === firstOpen?.id} {...same} />
                  </div>
                ) : null}
              </section>
            );
          })}
        </Scrollable>
      )}
    </div>
  );
}
