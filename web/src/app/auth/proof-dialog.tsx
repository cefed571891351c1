// Asks for a code or a passkey, or for the password of a login without a second step, before something changes about
// who gets in, and how.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import { answerWithPasskey, hasPasskeys, isCancelled } from "@/app/auth/passkeys";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { useStore } from "@/shared/lib/store";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Loaded } from "@/shared/ui/states";
import { openProof } from "./proof";
import { askAfresh } from "./provider-sign-in";
import { secondFactorQuery } from "./second-factor";
import { signOut } from "./use-session";

const TITLE = "Confirm that it is you";
const FORM = "prove-it-is-you";

type OnAnswer = (given: boolean) => void;

const confirm = (body: Schema["OwnerProof"]) => unwrap(client.POST("/api/auth/confirm", { body }));

export function ProofDialog() {
  const answer = useStore(openProof);
  if (!answer) return null;
  return <Question onAnswer={answer} />;
}

function Question({ onAnswer }: { onAnswer: OnAnswer }) {
  const query = useQuery({ ...secondFactorQuery, staleTime: 0 });
  const navigate = useNavigate();
  const has = query.data;
  if (has && (has.on || has.has_password)) return <Proof has={has} onAnswer={onAnswer} />;
  const leave = () => {
    onAnswer(false);
    askAfresh();
    void signOut().finally(() => navigate({ to: "/sign-in" }));
  };
  return (
    <Dialog
      open
      onClose={() => onAnswer(false)}
      title={TITLE}
      footer={
        <>
          {has ? (
            <Button kind="primary" onClick={leave}>
              Sign out
            </Button>
          ) : null}
          <Button kind="quiet" onClick={() => onAnswer(false)}>
            Cancel
          </Button>
        </>
      }
    >
      <Loaded query={query} what="Your way to sign in">
        {() => (
          <p className="text-ink-2">
            This changes who can reach your data. Sign out and sign in again: a sign-in counts.
          </p>
        )}
      </Loaded>
    </Dialog>
  );
}

function Proof({ has, onAnswer }: { has: Schema["SecondFactorState"]; onAnswer: OnAnswer }) {
  const [problem, setProblem] = useState<string>();
  const form = useForm(
    { password: "", code: "" },
    async (v) => {
      setProblem(undefined);
      await confirm(has.on ? { code: v.code } : { password: v.password });
      onAnswer(true);
    },
    (v): Record<string, string> => {
      if (has.on) return v.code.trim() ? {} : { code: "Enter the code." };
      return v.password ? {} : { password: "Enter your password." };
    },
  );
  const byPasskey = async () => {
    setProblem(undefined);
    try {
      await confirm({ passkey: await answerWithPasskey() });
      onAnswer(true);
    } catch (error) {
      if (!isCancelled(error)) setProblem(asProblem(error).detail);
    }
  };
  const takesPasskey = has.on && hasPasskeys();
  const isPasskeyFirst = takesPasskey && !has.since;
  return (
    <Dialog
      open
      onClose={() => onAnswer(false)}
      title={TITLE}
      footer={
        <>
          {isPasskeyFirst ? (
            <Button kind="primary" onClick={() => void byPasskey()}>
              Use a passkey
            </Button>
          ) : null}
          <Button type="submit" form={FORM} kind={isPasskeyFirst ? undefined : "primary"} busy={form.busy}>
            Continue
          </Button>
          {takesPasskey && !isPasskeyFirst ? <Button onClick={() => void byPasskey()}>Use a passkey</Button> : null}
          <Button kind="quiet" onClick={() => onAnswer(false)}>
            Cancel
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={form.submit} noValidate className="space-y-3">
        <p className="text-ink-2">
          {isPasskeyFirst
            ? "This changes who can reach your data. Use your passkey, or a recovery code."
            : "This changes who can reach your data."}
        </p>
        <FormProblem problem={form.problem} fields={["password", "code"]} />
        {problem ? (
          <p role="alert" className="text-bad-ink">
            {problem}
          </p>
        ) : null}
        {has.on ? (
          <Field
            label={has.since ? "Code" : "Recovery code"}
            error={form.errors.code}
            help={has.since ? "From your authenticator app, or a recovery code." : undefined}
          >
            <Input
              name="code"
              autoComplete="one-time-code"
              autoCapitalize="none"
              value={form.values.code}
              onChange={(e) => form.set("code", e.target.value)}
            />
          </Field>
        ) : (
          <Field label="Password" error={form.errors.password}>
            <Input
              type="password"
              name="password"
              autoComplete="current-password"
              value={form.values.password}
              onChange={(e) => form.set("password", e.target.value)}
            />
          </Field>
        )}
      </form>
    </Dialog>
  );
}
