// Two-step sign-in in the profile: whether it is on, and what the user can do about it.
import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { day } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";

const SetUp = lazy(() => import("./two-step-set-up").then((m) => ({ default: m.SetUpDialog })));
const Renew = lazy(() => import("./two-step-dialogs").then((m) => ({ default: m.RenewDialog })));
const SwitchOff = lazy(() => import("./two-step-dialogs").then((m) => ({ default: m.SwitchOffDialog })));

export const secondFactorQuery = queryOptions({
  queryKey: ["second-factor"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/auth/totp", { signal })),
});

export const secondFactorChanged = (cache: QueryClient) =>
  void cache.invalidateQueries({ queryKey: secondFactorQuery.queryKey });

type Asked = "set-up" | "renew" | "switch-off";

const left = (codes: number) => (codes === 1 ? "1 recovery code is left." : `${codes} recovery codes are left.`);

export function TwoStep() {
  const query = useQuery(secondFactorQuery);
  const cache = useQueryClient();
  const [asked, setAsked] = useState<Asked>();
  const close = () => {
    setAsked(undefined);
    secondFactorChanged(cache);
  };
  return (
    <section aria-label="Two-step sign-in">
      <Heading>Two-step sign-in</Heading>
      <p className="mt-1 mb-2 text-ink-2">
        A password that is stolen opens nothing: each sign-in also asks for a code of an app on your phone.
      </p>
      <Loaded query={query} what="Two-step sign-in">
        {(state) => <State state={state} onAsk={setAsked} />}
      </Loaded>
      <Suspense fallback={null}>
        {asked === "set-up" ? <SetUp onClose={close} /> : null}
        {asked === "renew" ? <Renew onClose={close} /> : null}
        {asked === "switch-off" ? <SwitchOff onClose={close} /> : null}
      </Suspense>
    </section>
  );
}

function State({ state, onAsk }: { state: Schema["SecondFactorState"]; onAsk: (asked: Asked) => void }) {
  if (!state.since) return <Button onClick={() => onAsk("set-up")}>Set up two-step sign-in</Button>;
  return (
    <>
      <p className="mb-3">
        On since {day(state.since)}. {left(state.recovery_codes_left)}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => onAsk("renew")}>New recovery codes</Button>
        <Button kind="quiet" onClick={() => onAsk("switch-off")}>
          Switch off
        </Button>
      </div>
    </>
  );
}
