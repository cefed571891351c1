// Creating an API key, and its secret, which is shown once.
import { Copy } from "lucide-react";
import { useId } from "react";
import { Field, Input, TextArea } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { toast } from "@/shared/ui/toast";
import { type NewKey, useKeyMoves } from "./key-queries";
import { type ApiScope, curlExample, LASTS, type Lasts, rightsOf, SCOPE_GROUPS } from "./key-scopes";

/** As the server has it, unless the user enters another number. */
const USUAL_PER_MINUTE = 120;
const MOST_PER_MINUTE = 1_000;

interface Values {
  name: string;
  scopes: ApiScope[];
  lasts: Lasts;
  perMinute: string;
}

const BLANK: Values = { name: "", scopes: [], lasts: "90", perMinute: String(USUAL_PER_MINUTE) };

export function NewKeyDialog({ onMade, onClose }: { onMade: (key: NewKey) => void; onClose: () => void }) {
  const { create } = useKeyMoves();
  const form = useForm<Values>(
    BLANK,
    async (v) => {
      const days = Number(v.lasts);
      onMade(
        await create.mutateAsync({
          name: v.name.trim(),
          scopes: v.scopes,
          expires_in_days: days || null,
          requests_per_minute: Number(v.perMinute),
        }),
      );
    },
    (v): Record<string, string> => ({
      ...(v.name.trim() ? {} : { name: "Enter a name, such as the program that will use the key." }),
      ...(v.scopes.length ? {} : { scopes: "Choose what the key may do." }),
      ...(isWhole(v.perMinute, MOST_PER_MINUTE)
        ? {}
        : { requests_per_minute: `Enter a whole number from 1 to ${MOST_PER_MINUTE}.` }),
    }),
  );
  const tick = (scope: ApiScope, on: boolean) =>
    form.set("scopes", on ? [...form.values.scopes, scope] : form.values.scopes.filter((other) => other !== scope));
  const fields = ["name", "scopes", "expires_in_days", "requests_per_minute"];
  return (
    <Dialog
      open
      onClose={onClose}
      title="Create an API key"
      description="A program with this key acts in your workspace by itself. It can never change the team, accounts or keys."
      footer={
        <>
          <Button kind="primary" type="submit" form="new-key" busy={form.busy}>
            Create key
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="new-key" onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} fields={fields} />
        <Field label="Name" help="The history of leads shows this name." error={form.errors.name}>
          <Input maxLength={80} value={form.values.name} onChange={(e) => form.set("name", e.target.value)} />
        </Field>
        <Scopes chosen={form.values.scopes} error={form.errors.scopes} onTick={tick} />
        <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          <Field label="Expires after" error={form.errors.expires_in_days}>
            <Select
              value={form.values.lasts}
              options={LASTS}
              onValue={(lasts) => form.set("lasts", lasts)}
              className="w-full"
            />
          </Field>
          <Field label="Requests per minute" error={form.errors.requests_per_minute}>
            <Input
              inputMode="numeric"
              value={form.values.perMinute}
              onChange={(e) => {
                form.set("perMinute", e.target.value);
                form.mended("requests_per_minute");
              }}
            />
          </Field>
        </div>
      </form>
    </Dialog>
  );
}

const isWhole = (text: string, most: number) => /^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most;

function Scopes({
  chosen,
  error,
  onTick,
}: {
  chosen: ApiScope[];
  error?: string;
  onTick: (scope: ApiScope, on: boolean) => void;
}) {
  const id = useId();
  return (
    <fieldset aria-describedby={error ? id : undefined}>
      <legend className="mb-1 font-medium">What it may do</legend>
      <div className="divide-y border-y">
        {SCOPE_GROUPS.map((group) => (
          <div key={group.label} className="flex gap-x-4 py-1 max-sm:flex-col">
            <span className="w-28 shrink-0 pt-0.5 text-ink-2">{group.label}</span>
            <div className="min-w-0">
              {rightsOf(group).map(({ scope, words }) => (
                <label key={scope} className="flex items-start gap-1.5">
                  <Checkbox checked={chosen.includes(scope)} onValue={(on) => onTick(scope, on)} />
                  <span className="pt-0.5">{words}</span>
                </label>
              ))}
            </div>
          </div>
        ))}
      </div>
      {error ? (
        <p id={id} className="mt-1 text-bad-ink">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}

export function SecretDialog({ made, onClose }: { made: NewKey; onClose: () => void }) {
  const example = curlExample(made.secret, made.scopes, location.origin);
  const copy = (text: string, what: string) =>
    navigator.clipboard.writeText(text).then(
      () => toast(`${what} copied`),
      () => toast(`Your browser blocks copying. Copy the ${what.toLowerCase()} by hand.`, { tone: "problem" }),
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={`API key created: ${made.name}`}
      description="Copy it now. Only its first characters are kept, so it cannot be shown again."
      footer={
        <>
          <Button kind="primary" icon={<Copy size={15} />} onClick={() => void copy(made.secret, "Key")}>
            Copy key
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="space-y-3">
        <Field label="API key">
          <Input readOnly value={made.secret} onFocus={(e) => e.target.select()} className="font-mono" />
        </Field>
        <Field label="Try it" help="Store the key where your program keeps its secrets, not in its code.">
          <TextArea readOnly rows={3} value={example} onFocus={(e) => e.target.select()} className="font-mono" />
        </Field>
        <Button size="sm" icon={<Copy size={14} />} onClick={() => void copy(example, "Command")}>
          Copy command
        </Button>
      </div>
    </Dialog>
  );
}
