// The page to which a provider's page leads back: it signs in, connects the account to the login that is signed in, opens a
// workspace, or joins one.
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import { proven } from "@/app/auth/proof";
import { takeErrand } from "@/app/auth/provider-sign-in";
import { type SecondFactorChallenge, startOrChallenge } from "@/app/auth/use-session";
import { LoadingRows } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";
import { AuthFrame, fromFragment } from "./auth-frame";
import { SecondStep } from "./second-step";

const ProofDialog = lazy(() => import("@/app/auth/proof-dialog").then((m) => ({ default: m.ProofDialog })));

const PROBLEMS: Record<string, string> = {
  expired: "This took too long, or was begun in another browser. Try again.",
  refused: "You did not sign in at the provider.",
  unavailable: "The provider did not respond. Try again later.",
};
const FAILED = "The provider's answer is not valid. If it happens again, tell the person who runs this installation.";

const link = "font-medium text-accent-ink underline";

const pageOf = (next: string | undefined) => (next?.startsWith("/") && !next.startsWith("//") ? next : "/");

export function SignedIn() {
  const navigate = useNavigate();
  const [ticket] = useState(() => fromFragment("ticket"));
  const [errand] = useState(takeErrand);
  const [problem, setProblem] = useState(() => {
    if (ticket && errand) return undefined;
    return ticket ? PROBLEMS.expired : (PROBLEMS[fromFragment("problem") || "expired"] ?? FAILED);
  });
  const [challenge, setChallenge] = useState<SecondFactorChallenge>();
  const begun = useRef(false);
  const connects = errand?.what === "connect";
  const next = connects ? "/settings/profile" : pageOf(errand?.what === "sign-in" ? errand.next : undefined);
  const go = () => void navigate({ to: next, replace: true });

  const opened = () => {
    switch (errand?.what) {
      case "sign-up":
        return unwrap(client.POST("/api/auth/provider-sign-up", { body: { ...errand.body, ticket } }));
      case "join":
        return unwrap(client.POST("/api/auth/provider-invitation", { body: { ...errand.body, ticket } }));
      default:
        return unwrap(client.POST("/api/auth/provider-sign-in", { body: { ticket } }));
    }
  };
  const finish = async () => {
    if (connects) {
      await proven(() => unwrap(client.POST("/api/auth/identities", { body: { ticket } })));
      toast("Account connected");
      go();
      return;
    }
    const asked = await startOrChallenge(await opened());
    if (asked) setChallenge(asked);
    else go();
  };
  // A ticket works once, so it is shown once, however often the page is drawn.
  useEffect(() => {
    if (!ticket || !errand || begun.current) return;
    begun.current = true;
    finish().catch((error: unknown) => setProblem(asProblem(error).detail));
  });

  if (challenge) {
    const restart = () => void navigate({ to: "/sign-in", replace: true });
    return <SecondStep challenge={challenge} onDone={go} onRestart={restart} />;
  }
  if (problem) {
    return (
      <AuthFrame title={connects ? "Not connected" : "Not signed in"} lead={problem}>
        {connects ? (
          <Link to="/settings/$section" params={{ section: "profile" }} className={link}>
            Back to your profile
          </Link>
        ) : errand?.what === "join" ? (
          <a href={`/invitation#token=${encodeURIComponent(errand.body.token)}`} className={link}>
            Back to the invitation
          </a>
        ) : (
          <Link to={errand?.what === "sign-up" ? "/sign-up" : "/sign-in"} className={link}>
            {errand?.what === "sign-up" ? "Back to sign up" : "Back to sign in"}
          </Link>
        )}
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={connects ? "Connecting" : "Signing in"} lead="One moment.">
      <LoadingRows rows={2} />
      <Suspense fallback={null}>{connects ? <ProofDialog /> : null}</Suspense>
    </AuthFrame>
  );
}
