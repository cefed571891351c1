// The two steps by which a number becomes the user's own phone: its number, and the code that a voice reads to it.
import { useMutation } from "@tanstack/react-query";
import { type Ref, useEffect, useRef } from "react";
import { client, unwrap } from "@/api/client";
import { ApiProblem, asProblem } from "@/api/errors";
import { currentIdentity } from "@/api/session";
import { changeIdentity } from "@/app/auth/use-session";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { clock, phone as spaced } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { type PhoneCode, readCode } from "./phone-code";

/** Refusals of the number itself, which are shown beside its field. */
const OF_NUMBER = ["higher_rate", "country_not_allowed"];

function atNumber(error: unknown): ApiProblem {
  const problem = asProblem(error);
  if (!OF_NUMBER.includes(problem.code)) return problem;
  return new ApiProblem({ ...problem, errors: [{ field: "phone", detail: problem.detail }] });
}

/** The element that has the focus when its step follows another one, and when it has an error. */
export function useFirst<T extends HTMLElement>(isNext: boolean, error?: string): Ref<T> {
  const first = useRef<T>(null);
  useEffect(() => {
    if (isNext) first.current?.focus();
  }, [isNext]);
  useEffect(() => {
    if (error) first.current?.focus();
  }, [error]);
  return first;
}

export function NumberForm({
  typed,
  kept,
  told,
  isNext,
  onRead,
  onCancel,
}: {
  typed: string;
  /** The number that is the user's phone until they confirm another. */
  kept?: string | null;
  /** Why the step before led back to this one. */
  told?: ApiProblem;
  isNext: boolean;
  onRead: (code: PhoneCode) => void;
  onCancel: () => void;
}) {
  const form = useForm(
    { phone: typed },
    async (v) => {
      const code = await readCode(v.phone.trim()).catch((error: unknown) => Promise.reject(atNumber(error)));
      onRead(code);
    },
    (v): Record<string, string> => (v.phone.trim() ? {} : { phone: "Enter the number of your phone." }),
  );
  const first = useFirst<HTMLInputElement>(isNext, form.errors.phone);
  const stays = kept ? ` ${spaced(kept)} stays until you confirm another number.` : "";
  return (
    <form onSubmit={form.submit} noValidate className="mt-1 space-y-3">
      <FormProblem problem={form.problem ?? (form.errors.phone ? undefined : told)} fields={["phone"]} />
      <Field
        label="Phone number"
        error={form.errors.phone}
        help={`With its country code: +44… It rings when you call a lead, and is used in this workspace only.${stays}`}
      >
        <Input
          ref={first}
          name="phone"
          type="tel"
          autoComplete="tel"
          value={form.values.phone}
          onChange={(e) => form.set("phone", e.target.value)}
        />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" busy={form.busy}>
          Call me with a code
        </Button>
        {kept ? (
          <Button kind="quiet" onClick={onCancel}>
            Cancel
          </Button>
        ) : null}
      </div>
    </form>
  );
}

/** Asks whether the number is the user's by now: the answer to a right code may have been lost. */
async function isConfirmed(phone: string): Promise<boolean> {
  const { user } = await unwrap(client.GET("/api/auth/me", {}));
  changeIdentity({ user });
  return user.phone === phone && user.phone_proven;
}

async function confirm(code: string) {
  const { phone } = await unwrap(client.POST("/api/calls/phone/confirm", { body: { code } }));
  const now = currentIdentity();
  if (now) changeIdentity({ user: { ...now.user, phone, phone_proven: true, phone_code: null } });
}

const bare = (code: string) => code.replace(/\s/g, "");

export function CodeForm({
  code,
  isNext,
  onRead,
  onConfirmed,
  onVoid,
  onOther,
}: {
  code: PhoneCode;
  isNext: boolean;
  onRead: (code: PhoneCode) => void;
  onConfirmed: () => void;
  onVoid: (problem: ApiProblem) => void;
  onOther: () => void;
}) {
  const form = useForm(
    { code: "" },
    async (v) => {
      again.reset();
      try {
        await confirm(bare(v.code));
      } catch (error) {
        const problem = asProblem(error);
        if (problem.code !== "no_code") throw problem;
        if (!(await isConfirmed(code.phone))) return onVoid(problem);
      }
      onConfirmed();
    },
    (v): Record<string, string> =>
      /^\d{6}$/.test(bare(v.code)) ? {} : { code: "Enter the six digits that the voice reads." },
  );
  const again = useMutation({ mutationFn: () => readCode(code.phone), onSuccess: onRead });
  const first = useFirst<HTMLInputElement>(isNext, form.errors.code);
  return (
    <form onSubmit={form.submit} noValidate className="mt-2 space-y-3">
      <FormProblem problem={again.error ? asProblem(again.error) : form.problem} fields={["code"]} />
      <Field
        label="Code"
        error={form.errors.code}
        help={`The six digits that the voice reads. Enter them by ${clock(code.expires_at)}.`}
      >
        <Input
          ref={first}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          value={form.values.code}
          onChange={(e) => form.set("code", e.target.value)}
        />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" busy={form.busy} disabled={again.isPending}>
          Confirm
        </Button>
        <Button kind="quiet" busy={again.isPending} disabled={form.busy} onClick={() => again.mutate()}>
          Call again
        </Button>
        <Button kind="quiet" disabled={form.busy || again.isPending} onClick={onOther}>
          Use another number
        </Button>
      </div>
    </form>
  );
}
