// The page behind an invitation: the invited person enters a name and chooses a password, gives that of their
// login, or uses an account at a provider.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import { type SecondFactorChallenge, startOrChallenge } from "@/app/auth/use-session";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { ErrorState, LoadingRows } from "@/shared/ui/states";
import { AuthFrame, fromFragment, need, signInLink, tooShort } from "./auth-frame";
import { ProviderButtons } from "./provider-buttons";
import { SecondStep } from "./second-step";

type Offer = Schema["OfferedPlace"];

const DEAD =
  "It was used, has expired or was replaced by a newer one. Ask the person who invited you to send it again.";

export function Invitation() {
  const [token] = useState(() => fromFragment("token"));
  const offer = useQuery({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) => unwrap(client.POST("/api/auth/invitation/read", { body: { token }, signal })),
    enabled: token !== "",
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!token || (offer.isError && asProblem(offer.error).code === "link_dead")) {
    return <AuthFrame title="This link does not work any more" lead={DEAD} foot={signInLink} />;
  }
  if (offer.isPending) {
    return (
      <AuthFrame title="You are invited" lead="One moment.">
        <LoadingRows rows={3} />
      </AuthFrame>
    );
  }
  if (offer.isError) {
    return (
      <AuthFrame title="You are invited" lead="We could not load the invitation." foot={signInLink}>
        <ErrorState
          what="This invitation did not load."
          error={offer.error}
          retry={() => void offer.refetch()}
          className="m-0"
        />
      </AuthFrame>
    );
  }
  return <Accept token={token} offer={offer.data} />;
}

function Accept({ token, offer }: { token: string; offer: Offer }) {
  const navigate = useNavigate();
  const [challenge, setChallenge] = useState<SecondFactorChallenge>();
  const go = () => void navigate({ to: "/", replace: true });
  const form = useForm(
    { name: offer.name, password: "" },
    async (v) => {
      const body = { token, name: v.name.trim(), password: v.password };
      const asked = await startOrChallenge(await unwrap(client.POST("/api/auth/invitation", { body })));
      if (asked) setChallenge(asked);
      else go();
    },
    (v) => ({
      ...need({ name: v.name }, { name: "Enter your name." }),
      ...(offer.has_login
        ? need({ password: v.password }, { password: "Enter your password." })
        : tooShort(v.password)),
    }),
  );
  if (challenge) return <SecondStep challenge={challenge} onDone={go} onRestart={() => setChallenge(undefined)} />;
  if (form.problem?.code === "link_dead") {
    return <AuthFrame title="This link does not work any more" lead={DEAD} foot={signInLink} />;
  }
  return (
    <AuthFrame
      title={`Join ${offer.workspace_name}`}
      lead={
        offer.has_login
          ? `${offer.email} has a login already. Its password adds this workspace to it.`
          : `You sign in as ${offer.email}.`
      }
      foot={signInLink}
    >
      <form onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} fields={["name", "password"]} />
        <input type="hidden" name="username" autoComplete="username" value={offer.email} readOnly />
        <Field label="Your name" error={form.errors.name}>
          <Input
            name="name"
            autoComplete="name"
            value={form.values.name}
            onChange={(e) => form.set("name", e.target.value)}
          />
        </Field>
        <Field
          label={offer.has_login ? "Your password" : "Password"}
          error={form.errors.password}
          help={
            offer.has_login ? (
              <>
                Forgot it?{" "}
                <Link to="/forgot" className="text-accent-ink underline">
                  Reset your password
                </Link>
                , then open the invitation again.
              </>
            ) : (
              "At least 10 characters."
            )
          }
        >
          <Input
            type="password"
            name="password"
            autoComplete={offer.has_login ? "current-password" : "new-password"}
            value={form.values.password}
            onChange={(e) => form.set("password", e.target.value)}
          />
        </Field>
        <Button type="submit" kind="primary" className="w-full" busy={form.busy}>
          Join
        </Button>
      </form>
      <ProviderButtons
        errand={() =>
          form.values.name.trim()
            ? { what: "join", body: { token, name: form.values.name.trim() } }
            : "Enter your name first."
        }
      />
    </AuthFrame>
  );
}
