// What arrived from providers: newest first, with what each became, and the button that reads it again.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { useEffect, useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { Field } from "@/shared/forms/field";
import { clock, count, day } from "@/shared/lib/format";
import { State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Empty, ErrorState, Loaded, LoadingRows } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import {
  becameWords,
  type InboundOutcome,
  type InboundView,
  isWaiting,
  OUTCOMES,
  PROVIDER_WORDS,
  payloadQuery,
  providerName,
  receivedQuery,
  useReplay,
  type Wanted,
} from "./received";

const PROVIDERS = [
  { value: "", label: "All providers" },
  ...PROVIDER_WORDS.map((value) => ({ value, label: providerName(value) })),
];
const RESULTS: { value: InboundOutcome | ""; label: string }[] = [
  { value: "", label: "All results" },
  ...(Object.keys(OUTCOMES) as InboundOutcome[]).map((value) => ({ value, label: OUTCOMES[value].label })),
];

export function ReceivedSection() {
  const may = useMay("admin");
  const [wanted, setWanted] = useState<Wanted>({ provider: "", outcome: "" });
  const query = useInfiniteQuery({ ...receivedQuery(wanted), enabled: may });
  // A page ends after a number of events that were looked at, and may hold none that matches.
  const last = query.data?.pages.at(-1);
  const goesOnAt = last?.items.length === 0 && !query.isFetchNextPageError ? last.next_cursor : undefined;
  const { isFetching, fetchNextPage } = query;
  useEffect(() => {
    if (goesOnAt && !isFetching) void fetchNextPage();
  }, [goesOnAt, isFetching, fetchNextPage]);
  if (!may) return <Empty title="For admins">Ask an admin to look at what arrived from your providers.</Empty>;
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const isFiltered = !!wanted.provider || !!wanted.outcome;
  return (
    <div className="p-6 max-lg:p-4">
      <Heading note="Kept for 90 days, or until the lead is deleted.">Received events</Heading>
      <p className="max-w-text pb-4 text-ink-2">
        Replies, delivery reports and payments, as your providers sent them. Replay processes an event again with the
        current rules. Nothing is done twice, and your own changes stay.
      </p>
      <div className="mb-4 flex flex-wrap gap-2">
        <Field label="Provider">
          <Select
            value={wanted.provider}
            options={PROVIDERS}
            onValue={(provider) => setWanted({ ...wanted, provider })}
            className="w-44"
          />
        </Field>
        <Field label="Result">
          <Select
            value={wanted.outcome}
            options={RESULTS}
            onValue={(outcome) => setWanted({ ...wanted, outcome })}
            className="w-36"
          />
        </Field>
      </div>
      <Loaded query={query} what="The events">
        {() =>
          items.length === 0 && query.isFetchNextPageError ? (
            <ErrorState
              className="!mx-0"
              what="The events did not load"
              error={query.error}
              retry={() => void query.fetchNextPage()}
            />
          ) : items.length === 0 && query.hasNextPage ? (
            // The pages so far held no event that matches; the next ones are being read.
            <LoadingRows rows={4} label="Looking for events" />
          ) : items.length === 0 ? (
            <Empty title={isFiltered ? "No event matches" : "Nothing has arrived yet"} className="!mx-0">
              {isFiltered
                ? "Choose another provider or result."
                : "Replies, delivery reports and payments appear here as soon as a provider sends one."}
            </Empty>
          ) : (
            <>
              <ul
                aria-label={`${count(items.length)} events${query.hasNextPage ? ", there are more" : ""}`}
                className="max-w-table divide-y border-y"
              >
                {items.map((item) => (
                  <Event key={item.id} item={item} />
                ))}
              </ul>
              {query.hasNextPage ? (
                <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  Show more
                </Button>
              ) : null}
            </>
          )
        }
      </Loaded>
    </div>
  );
}

const when = (at: string) => `${day(at)}, ${clock(at)}`;

function Event({ item }: { item: InboundView }) {
  const replay = useReplay();
  const [shown, setShown] = useState(false);
  const { label, tone } = OUTCOMES[item.outcome];
  const again = async () => {
    try {
      await replay.mutateAsync(item.id);
      toast("The event is read again");
    } catch (error) {
      toastProblem("Could not replay the event", error);
    }
  };
  return (
    <li className="py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-40 flex-1">
          <span className="font-medium">{becameWords(item)}</span>
          <span className="block text-meta text-ink-2">
            {providerName(item.provider)} · {when(item.received_at)}
          </span>
        </span>
        <State tone={tone} className="w-28">
          {label}
        </State>
        <Button size="sm" kind="quiet" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? "Hide" : "Show"}
        </Button>
        <Button
          size="sm"
          icon={<RotateCcw size={14} aria-hidden="true" />}
          busy={replay.isPending || isWaiting(item)}
          onClick={() => void again()}
        >
          Replay
        </Button>
      </div>
      {item.leads.length ? (
        <p className="flex flex-wrap gap-x-2 text-meta">
          {item.leads.map((lead) => (
            <Link key={lead.id} to="/leads/$id" params={{ id: lead.id }} className="text-accent-ink hover:underline">
              {lead.name}
            </Link>
          ))}
        </p>
      ) : null}
      {item.detail ? <p className="text-meta break-words text-bad-ink">{item.detail}</p> : null}
      {item.replay ? (
        <p role="status" className="text-meta text-ink-2">
          {replayWords(item.replay)}
        </p>
      ) : null}
      {shown ? <Payload id={item.id} /> : null}
    </li>
  );
}

function replayWords(replay: NonNullable<InboundView["replay"]>) {
  if (!replay.done_at) return `Replay asked for at ${clock(replay.asked_at)}. It waits in the queue.`;
  return replay.has_changed
    ? `Replayed ${when(replay.done_at)}: the result has changed.`
    : `Replayed ${when(replay.done_at)}: same result, nothing changed.`;
}

function Payload({ id }: { id: string }) {
  const query = useQuery(payloadQuery(id));
  return (
    <Loaded query={query} what="The event">
      {(one) =>
        one.payload ? (
          <pre className="mt-2 max-h-80 overflow-y-auto rounded-panel border bg-canvas px-3 py-2 text-meta break-all whitespace-pre-wrap">
            {one.payload}
          </pre>
        ) : (
          <p className="mt-1 text-meta text-ink-2">It is too large to show here. A replay reads it from the bucket.</p>
        )
      }
    </Loaded>
  );
}
