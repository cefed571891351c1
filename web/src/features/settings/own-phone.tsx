// The user's own phone, in the profile. A number is kept once the user has entered the code that a voice read to it.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { type ApiProblem, asProblem } from "@/api/errors";
import { useMay } from "@/app/auth/use-may";
import { changeIdentity, type Identity } from "@/app/auth/use-session";
import { FormProblem } from "@/shared/forms/form-problem";
import { phone as spaced } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Heading } from "@/shared/ui/section";
import { toast } from "@/shared/ui/toast";
import { CodeForm, NumberForm, useFirst } from "./own-phone-forms";
import { expectCode, expectedCode, type PhoneCode, readCode } from "./phone-code";

/** What the user is at; none while the phone is as it was kept. */
type Step =
  | { at: "number"; typed: string; told?: ApiProblem }
  /** How often the phone was called on this page: not at all where the page was loaded anew. */
  | { at: "code"; code: PhoneCode; calls: number };

function calling({ code, calls }: Extract<Step, { at: "code" }>): string {
  const number = spaced(code.phone);
  if (!calls) return `A code was read to ${number}.`;
  return calls === 1
    ? `Calling ${number}. Pick up: a voice reads a code.`
    : `Calling ${number} again. Only the new code is right.`;
}

function firstStep(user: Identity["user"]): Step | undefined {
  const code = expectedCode(user);
  return code ? { at: "code", code, calls: 0 } : undefined;
}

export function OwnPhone({ me: { user } }: { me: Identity }) {
  const mayCall = useMay("rep");
  const [step, setStep] = useState(() => firstStep(user));
  const [isNext, setIsNext] = useState(false);
  const go = (next?: Step) => {
    setStep(next);
    setIsNext(true);
  };
  const read = (code: PhoneCode) => {
    expectCode(code);
    go({ at: "code", code, calls: step?.at === "code" ? step.calls + 1 : 1 });
  };
  /** The code is entered no more. */
  const leave = (next?: Step) => {
    expectCode(null);
    go(next);
  };
  if (!mayCall && !user.phone) return null;
  const asksCode = mayCall && step?.at === "code";
  return (
    <section aria-label="Your phone">
      <Heading>Your phone</Heading>
      <p role="status">{asksCode ? calling(step) : ""}</p>
      {asksCode ? (
        <CodeForm
          key={step.calls}
          code={step.code}
          isNext={isNext}
          onRead={read}
          onConfirmed={() => {
            leave();
            toast("Phone confirmed");
          }}
          onVoid={(told) => leave({ at: "number", typed: step.code.phone, told })}
          onOther={() => leave({ at: "number", typed: step.code.phone })}
        />
      ) : user.phone && step?.at !== "number" ? (
        <KeptPhone
          number={user.phone}
          isProven={user.phone_proven}
          mayCall={mayCall}
          isNext={isNext}
          onRead={read}
          onChange={() => go({ at: "number", typed: "" })}
          onRemoved={leave}
        />
      ) : (
        <NumberForm
          typed={step?.at === "number" ? step.typed : ""}
          told={step?.at === "number" ? step.told : undefined}
          kept={user.phone}
          isNext={isNext}
          onRead={read}
          onCancel={() => go()}
        />
      )}
    </section>
  );
}

function KeptPhone({
  number,
  isProven,
  mayCall,
  isNext,
  onRead,
  onChange,
  onRemoved,
}: {
  number: string;
  isProven: boolean;
  mayCall: boolean;
  isNext: boolean;
  onRead: (code: PhoneCode) => void;
  onChange: () => void;
  onRemoved: () => void;
}) {
  const [asks, setAsks] = useState(false);
  const first = useFirst<HTMLButtonElement>(isNext);
  const call = useMutation({ mutationFn: () => readCode(number), onSuccess: onRead });
  const needsCode = mayCall && !isProven;
  return (
    <div className="mt-1 space-y-3">
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{spaced(number)}</span>
        <Badge tone={isProven ? "good" : "warm"}>{isProven ? "Confirmed" : "Not confirmed"}</Badge>
      </p>
      <p className="text-ink-2">
        {needsCode
          ? "Confirm this number before you call leads: a voice reads a code to it, which you enter here."
          : "It rings when you call a lead, and is used in this workspace only."}
      </p>
      {call.error ? <FormProblem problem={asProblem(call.error)} /> : null}
      <div className="flex flex-wrap gap-2">
        {needsCode ? (
          <Button busy={call.isPending} onClick={() => call.mutate()}>
            Call me with a code
          </Button>
        ) : null}
        {mayCall ? (
          <Button ref={first} kind="quiet" aria-label="Change your phone" disabled={call.isPending} onClick={onChange}>
            Change
          </Button>
        ) : null}
        <Button kind="quiet" aria-label="Remove your phone" disabled={call.isPending} onClick={() => setAsks(true)}>
          Remove
        </Button>
      </div>
      {asks ? <RemoveDialog number={number} onRemoved={onRemoved} onClose={() => setAsks(false)} /> : null}
    </div>
  );
}

function RemoveDialog({ number, onRemoved, onClose }: { number: string; onRemoved: () => void; onClose: () => void }) {
  const remove = useMutation({
    mutationFn: () => unwrap(client.PATCH("/api/auth/me", { body: { phone: null } })),
    onSuccess: (known) => {
      onClose();
      onRemoved();
      changeIdentity({ user: known.user });
      toast("Phone removed");
    },
  });
  return (
    <ConfirmDialog
      title={`Remove ${spaced(number)}?`}
      yes="Remove"
      busy={remove.isPending}
      error={remove.error}
      onYes={() => remove.mutate()}
      onClose={onClose}
    >
      Calls that you place through leadflow need a phone of yours. To place one again, you enter a number and confirm
      it.
    </ConfirmDialog>
  );
}
