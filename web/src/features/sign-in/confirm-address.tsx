// The page of the link that proves the address of the user's login. It asks the server where the user is signed in.
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { client, unwrap } from "@/api/client";
import { type ApiProblem, asProblem } from "@/api/errors";
import { changeIdentity, resumeSession } from "@/app/auth/use-session";
import { Button } from "@/shared/ui/button";
import { LoadingRows } from "@/shared/ui/states";
import { AuthFrame, fromFragment } from "./auth-frame";

const PAGE = "/confirm-address";
const link = "font-medium text-accent-ink underline";

/** The token of the link, kept while the user signs in. */
let kept = "";

type State = { at: "asking" | "signed-out" } | { at: "done"; email: string } | { at: "refused"; problem: ApiProblem };

async function confirm(token: string): Promise<State> {
  const who = await resumeSession();
  if (!who) return { at: "signed-out" };
  await unwrap(client.POST("/api/auth/address", { body: { token } }));
  kept = "";
  changeIdentity({ user: { ...who.user, email_proof: "proven" } });
  return { at: "done", email: who.user.email };
}

const toProfile = (
  <Link to="/settings/$section" params={{ section: "profile" }} className={link}>
    Go to your profile
  </Link>
);

export function ConfirmAddress() {
  const [token] = useState(() => {
    kept = fromFragment("token") || kept;
    return kept;
  });
  const [state, setState] = useState<State>({ at: "asking" });
  const begun = useRef(false);
  const ask = () => {
    setState({ at: "asking" });
    confirm(token).then(setState, (error: unknown) => setState({ at: "refused", problem: asProblem(error) }));
  };
  // The page may be drawn several times, and asks once.
  useEffect(() => {
    if (!token || begun.current) return;
    begun.current = true;
    ask();
  });

  if (!token) {
    return (
      <AuthFrame
        title="This link is not whole"
        lead="Open it from the mail again, or ask for a new one in your profile."
      >
        {toProfile}
      </AuthFrame>
    );
  }
  switch (state.at) {
    case "asking":
      return (
        <AuthFrame title="Confirming your address" lead="One moment.">
          <LoadingRows rows={2} />
        </AuthFrame>
      );
    case "signed-out":
      return (
        <AuthFrame title="Sign in to confirm" lead="Sign in with the address that the mail came to.">
          <Link to="/sign-in" search={{ next: PAGE }} className={link}>
            Sign in
          </Link>
        </AuthFrame>
      );
    case "done":
      return (
        <AuthFrame title="Address confirmed" lead={`Mails to ${state.email} reach you.`}>
          <Link to="/" className={link}>
            Go to the app
          </Link>
        </AuthFrame>
      );
    case "refused": {
      const { code, detail } = state.problem;
      return (
        <AuthFrame title="Not confirmed" lead={<span role="alert">{detail}</span>}>
          {code === "link_dead" ? toProfile : <Button onClick={ask}>Try again</Button>}
        </AuthFrame>
      );
    }
  }
}
