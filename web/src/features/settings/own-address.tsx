// The address of the user's login, in the profile, while it is not confirmed.
import { useMutation } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import type { Identity } from "@/app/auth/use-session";
import { FormProblem } from "@/shared/forms/form-problem";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";

export function OwnAddress({ me: { user } }: { me: Identity }) {
  const send = useMutation({ mutationFn: () => unwrap(client.POST("/api/auth/address/link", {})) });
  if (user.email_proof === "proven") return null;
  return (
    <section aria-label="Your address">
      <Heading>Address not confirmed</Heading>
      {user.email_proof === "no_sender" ? (
        <p className="mt-1 text-ink-2">
          This installation has no sender of its own, so it cannot mail you a link. You can go on without.
        </p>
      ) : (
        <div className="mt-1 space-y-3">
          <p className="text-ink-2">
            Until you confirm {user.email}, no invitation is mailed for you: you share its link yourself.
          </p>
          {send.error ? <FormProblem problem={asProblem(send.error)} /> : null}
          <p role="status">
            {send.isSuccess ? `A link is on its way to ${user.email}. Open it in this browser within a day.` : ""}
          </p>
          <Button busy={send.isPending} onClick={() => send.mutate()}>
            {send.isSuccess ? "Send it again" : "Send the link"}
          </Button>
        </div>
      )}
    </section>
  );
}
