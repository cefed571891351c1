// The page of a member whose workspace asks for two steps and who has set up none: nothing else opens before.
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { ProofDialog } from "@/app/auth/proof-dialog";
import { signOut, useIdentity } from "@/app/auth/use-session";
import { Button } from "@/shared/ui/button";
import { Passkeys } from "./passkeys";
import { TwoStep } from "./two-step";

export function SecondFactorPage() {
  const me = useIdentity();
  const navigate = useNavigate();
  const leave = () => void navigate({ to: "/", replace: true });
  useEffect(() => {
    document.title = "Set up a second step · leadflow";
    document.documentElement.dataset.ready = "true";
  }, []);
  if (!me) return null;
  const isNeeded = me.second_factor_needed;
  return (
    <main className="min-h-dvh bg-canvas px-4 pt-[8vh] pb-8">
      <div className="mx-auto max-w-[460px] space-y-6 rounded-card border border-line bg-surface p-6">
        <div>
          <h1 className="text-person font-semibold">Set up a second step</h1>
          <p className="mt-1 text-ink-2">
            {me.workspace.name} asks its members for two steps. Add a passkey or an authenticator app to go on.
          </p>
        </div>
        <Passkeys />
        <TwoStep />
        <div className="flex flex-wrap gap-2">
          {isNeeded ? null : (
            <Button kind="primary" onClick={leave}>
              Go on to {me.workspace.name}
            </Button>
          )}
          <Button kind="quiet" onClick={() => void signOut().then(leave)}>
            Sign out
          </Button>
        </div>
        <ProofDialog />
      </div>
    </main>
  );
}
