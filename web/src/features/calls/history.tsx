// The calls that were made: those of the user or of the team, latest first.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Recording } from "@/app/calls/recording";
import { costWords } from "@/app/calls/words";
import { teamQuery } from "@/app/shared-queries";
import type { TaskView } from "@/app/tasks/queries";
import { duration, when } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { OUTCOME_WORDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { Scrollable } from "@/shared/ui/scrollable";
import { Empty, ErrorState, LoadingRows } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { Segmented } from "@/shared/ui/tabs";
import { type CallsOf, callsQuery } from "./queries";

export function History() {
  const [of, setOf] = useState<CallsOf>("mine");
  const query = useInfiniteQuery(callsQuery(of));
  const calls = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Scrollable label="History" className="min-h-0 flex-1 overflow-y-auto -outline-offset-2">
      <div className="flex items-center gap-3 px-6 py-3 max-lg:px-4">
        <Segmented
          label="Calls of"
          value={of}
          onChange={setOf}
          items={[
            { id: "mine", label: "Mine" },
            { id: "all", label: "All" },
          ]}
        />
      </div>
      {query.error && !query.data ? (
        <ErrorState what="The history did not load" error={query.error} retry={() => query.refetch()} />
      ) : query.isPending ? (
        <LoadingRows rows={10} label="Loading the history" />
      ) : calls.length === 0 ? (
        <Empty title="No calls yet">A call appears here once its outcome is logged.</Empty>
      ) : (
        <Made calls={calls} of={of} />
      )}
      {query.hasNextPage ? (
        <div className="px-6 py-3 max-lg:px-4">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
    </Scrollable>
  );
}

function Made({ calls, of }: { calls: TaskView[]; of: CallsOf }) {
  const now = useNow();
  const team = useQuery(teamQuery).data?.items ?? [];
  const nameOf = (id: string | null | undefined) => team.find((member) => member.id === id)?.name ?? "–";
  return (
    <Table
      headLine
      head={
        <>
          <Th>Lead</Th>
          <Th>Outcome</Th>
          {of === "all" ? <Th wide>By</Th> : null}
          <Th wide>Note</Th>
          <Th end wide>
            Length
          </Th>
          <Th end wide>
            Cost
          </Th>
          <Th end>When</Th>
        </>
      }
    >
      {calls.map((call) => (
        <Row key={call.id}>
          <Td>
            <Link to="/leads/$id" params={{ id: call.lead_id }} className="font-medium hover:underline">
              {call.lead_name}
            </Link>
          </Td>
          <Td>{call.outcome ? OUTCOME_WORDS[call.outcome] : "–"}</Td>
          {of === "all" ? <Td wide>{nameOf(call.done_by)}</Td> : null}
          <Td wide>{call.note ?? ""}</Td>
          <Td end wide>
            {call.recording ? <Recording call={call.recording.call_id} seconds={call.recording.seconds} /> : null}
            {call.call_seconds ? duration(call.call_seconds * 1000) : "–"}
          </Td>
          <Td end wide>
            {call.cost ? costWords(call.cost) : "–"}
          </Td>
          <Td end>{call.done_at ? when(call.done_at, now) : "–"}</Td>
        </Row>
      ))}
    </Table>
  );
}
