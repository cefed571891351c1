// A phone number that calls when it is clicked: through the workspace's account where one places calls, else on the
// device's own phone. It is in one file, because every page with a number loads all of it.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { phone } from "@/shared/lib/format";
import type { Whom } from "./placing";

const CallButton = lazy(() => import("./call-button").then((m) => ({ default: m.CallButton })));

export type CallView = Schema["CallView"];

/** How often the state of a call is asked for while it goes on. */
const CALL_MS = 2_000;

/** How long the length of a call that has ended is still asked for: the provider tells it a moment later. */
const LENGTH_MS = 30_000;

export const goesOn = (call?: CallView | null) => !!call && call.state !== "ended";

/** The call whose end was seen last, and when. */
let ended = { id: "", at: 0 };

/** Whether the provider will soon tell how long the lead was on the phone. */
function awaitsLength(call?: CallView | null): boolean {
  if (call?.end !== "completed" || typeof call.seconds === "number") return false;
  if (ended.id !== call.id) ended = { id: call.id, at: Date.now() };
  return Date.now() - ended.at < LENGTH_MS;
}

/** The user's call, and whether the workspace places calls at all. */
export const myCallQuery = queryOptions({
  queryKey: ["my-call"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/calls/mine", { signal })),
  staleTime: 60_000,
  refetchInterval: ({ state: { data } }) => (goesOn(data?.call) || awaitsLength(data?.call) ? CALL_MS : false),
});

/** Whether a number calls when it is clicked. Where no account places calls, or the user may not, it is a link. */
export function useCanCall(): boolean {
  const may = useMay("rep");
  return !!useQuery({ ...myCallQuery, enabled: may }).data?.calls_from && may;
}

export interface CallActionProps extends Whom {
  className?: string;
  title?: string;
  "aria-label"?: string;
  onCall?: () => void;
  children: ReactNode;
}

export function CallAction(props: CallActionProps) {
  const { number, lead, task, onCall, ...look } = props;
  const link = <a href={`tel:${number}`} onClick={onCall} {...look} />;
  return useCanCall() ? (
    <Suspense fallback={link}>
      <CallButton {...props} />
    </Suspense>
  ) : (
    link
  );
}

export function PhoneLink({ number, lead }: { number: string; lead: string }) {
  return (
    <CallAction number={number} lead={lead} className="text-accent-ink hover:underline">
      {phone(number)}
    </CallAction>
  );
}

/** "Call" beside a number whose own click edits it. */
export function CallLink({ number, lead }: { number?: string | null; lead: string }) {
  return number ? (
    <CallAction
      number={number}
      lead={lead}
      aria-label={`Call ${phone(number)}`}
      className="font-medium text-accent-ink hover:underline"
    >
      Call
    </CallAction>
  ) : null;
}
