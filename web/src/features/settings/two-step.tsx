// Two-step sign-in in the profile: whether it is on, and what the user can do about it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { proven } from "@/app/auth/proof";
import { secondFactorChanged, secondFactorQuery } from "@/app/auth/second-factor";
import { day } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { toastProblem } from "@/shared/ui/toast";

const SetUp = lazy(() => import("./two-step-set-up").then((m) => ({ default: m.SetUpDialog })));
const Renew = lazy(() => import("./two-step-dialogs").then((m) => ({ default: m.RenewDialog })));
const SwitchOff = lazy(() => import("./two-step-dialogs").then((m) => ({ default: m.SwitchOffDialog })));

type Asked = { dialog: "set-up"; setup: Schema["SecondFactorSetup"] } | { dialog: "renew" | "switch-off" };

const left = (codes: number) => (codes === 1 ? "1 recovery code is left." : `${codes} recovery codes are left.`);

export function TwoStep() {
  const query = useQuery(secondFactorQuery);
  const cache = useQueryClient();
  const [asked, setAsked] = useState<Asked>();
  const setUp = useMutation({
    mutationFn: () => proven(() => unwrap(client.POST("/api/auth/totp", {}))),
    onSuccess: (setup) => setAsked({ dialog: "set-up", setup }),
    onError: (error) => toastProblem("Could not set up the app", error),
  });
  const close = () => {
    setAsked(undefined);
    secondFactorChanged(cache);
  };
  return (
    <section aria-label="Two-step sign-in">
      <Heading>Two-step sign-in</Heading>
      <p className="mt-1 mb-2 text-ink-2">
        A password that is stolen opens nothing: each sign-in also asks for a code of an app on your phone, or for a
        passkey.
      </p>
      <Loaded query={query} what="Two-step sign-in">
        {(state) => (
          <>
            {state.on ? (
              <p className="mb-3">
                {state.since ? `Authenticator app since ${day(state.since)}. ` : ""}
                {left(state.recovery_codes_left)}
              </p>
            ) : null}
            <div className="flex flex-wrap gap-2">
              {state.since ? (
                <Button kind="quiet" onClick={() => setAsked({ dialog: "switch-off" })}>
                  Remove the authenticator app
                </Button>
              ) : (
                <Button busy={setUp.isPending} onClick={() => setUp.mutate()}>
                  Set up an authenticator app
                </Button>
              )}
              {state.on ? <Button onClick={() => setAsked({ dialog: "renew" })}>New recovery codes</Button> : null}
            </div>
          </>
        )}
      </Loaded>
      <Suspense fallback={null}>
        {asked?.dialog === "set-up" ? <SetUp setup={asked.setup} onClose={close} /> : null}
        {asked?.dialog === "renew" ? <Renew onClose={close} /> : null}
        {asked?.dialog === "switch-off" ? <SwitchOff onClose={close} /> : null}
      </Suspense>
    </section>
  );
}
