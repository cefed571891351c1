// One connection's fields and its secret, which is only ever written.
import { useState } from "react";
import { asProblem } from "@/api/errors";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { weekProblem } from "@/shared/lib/week";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { toast, toastProblem } from "@/shared/ui/toast";
import { HoursField } from "./hours-field";
import { fieldProblem, KINDS, mailbox, sends, settingsFrom, valuesFrom } from "./kinds";
import { LIMIT_FIELDS, type LimitTexts, limitProblems, limitsOf, textsOf, usualLimits } from "./limits";
import { LimitsField, today } from "./limits-field";
import { type ConnectionKind, type ConnectionView, useConnectionMoves, type WorkingHours } from "./queries";

export function ConnectionDialog({
  kind,
  connection,
  onClose,
}: {
  kind: ConnectionKind;
  connection?: ConnectionView;
  onClose: () => void;
}) {
  const k = KINDS[kind];
  const { add, change, remove } = useConnectionMoves();
  const [inUse, setInUse] = useState<string>();
  const [generated, setGenerated] = useState<string>();
  const [limits, setLimits] = useState<LimitTexts | null>(() => {
    if (connection) return connection.limits ? textsOf(connection.limits, today()) : null;
    return mailbox(kind) ? usualLimits(Intl.DateTimeFormat().resolvedOptions().timeZone, today()) : null;
  });
  const [hours, setHours] = useState<WorkingHours | null>(connection?.hours ?? null);
  const start: Record<string, string> = {
    name: connection?.name ?? "",
    secret: "",
    ...(connection
      ? valuesFrom(kind, connection.settings)
      : Object.fromEntries(k.fields.map((f) => [f.key, f.initial]))),
  };
  const form = useForm<Record<string, string>>(
    start,
    async (v) => {
      const settings = settingsFrom(kind, v);
      const name = (v.name ?? "").trim();
      const given = sends(kind) ? { limits: limits && limitsOf(limits) } : {};
      const secret = v.secret ? { [k.secretKey]: v.secret } : {};
      if (connection) {
        await change.mutateAsync({ id: connection.id, body: { name, settings, secret, hours, ...given } });
      } else {
        const made = await add.mutateAsync({ name, settings, secret, hours, ...given });
        if (made.generated_secret) {
          setGenerated(made.generated_secret);
          return;
        }
      }
      toast(`${name} saved`);
      onClose();
    },
    (v) => {
      const out: Record<string, string> = {};
      if (!v.name?.trim()) out.name = "Give it a name.";
      for (const f of k.fields) {
        const problem = fieldProblem(f, v[f.key] ?? "");
        if (problem) out[f.key] = problem;
      }
      const wrong = hours ? weekProblem(hours) : undefined;
      if (wrong) out.hours = wrong;
      if (limits) Object.assign(out, limitProblems(limits));
      if (!connection && !v.secret && !k.secretOptional) out.secret = `${k.secret} is needed.`;
      return out;
    },
  );
  if (generated) {
    return (
      <Dialog
        open
        onClose={onClose}
        title="Connected: keep this secret"
        description="Give it to whoever posts the mail, to sign with. It is shown this once."
        footer={
          <Button kind="primary" onClick={onClose}>
            I have it
          </Button>
        }
      >
        <code className="block rounded-control border bg-canvas px-3 py-2 break-all">{generated}</code>
      </Dialog>
    );
  }
  const error = (key: string) => form.errors[key] ?? form.errors[`settings.${key}`];
  return (
    <Dialog
      open
      onClose={onClose}
      title={connection ? connection.name : `Connect: ${k.label}`}
      description={k.what}
      footer={
        <>
          <Button kind="primary" type="submit" form="connection" busy={form.busy}>
            {connection ? "Save the connection" : "Connect"}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          {connection ? (
            <Button
              kind="danger"
              className="ml-auto"
              busy={remove.isPending}
              onClick={() =>
                remove.mutate(
                  { id: connection.id, anyway: !!inUse },
                  {
                    onSuccess: () => {
                      toast(`${connection.name} is gone`);
                      onClose();
                    },
                    onError: (e) => {
                      const problem = asProblem(e);
                      if (problem.code === "mailbox_in_use") setInUse(problem.detail);
                      else toastProblem(`${connection.name} stays`, e);
                    },
                  },
                )
              }
            >
              {inUse ? "Disconnect anyway" : "Disconnect"}
            </Button>
          ) : null}
        </>
      }
    >
      {inUse ? (
        <p role="alert" className="mb-3 text-bad-ink">
          {inUse}
        </p>
      ) : null}
      <form id="connection" onSubmit={form.submit} noValidate className="grid gap-3 sm:grid-cols-2">
        <div className="sm:col-span-2">
          <FormProblem
            problem={form.problem}
            fields={[
              "name",
              "secret",
              "hours",
              "hours.zone",
              ...LIMIT_FIELDS,
              `secret.${k.secretKey}`,
              ...k.fields.flatMap((f) => [f.key, `settings.${f.key}`]),
            ]}
          />
        </div>
        <Field label="Name" error={form.errors.name} help="How you call it here." className="sm:col-span-2">
          <Input value={form.values.name ?? ""} onChange={(e) => form.set("name", e.target.value)} />
        </Field>
        {k.fields.map((f) => (
          <Field key={f.key} label={f.label} help={f.help} error={error(f.key)}>
            {f.type === "select" ? (
              <Select
                value={form.values[f.key] ?? f.initial}
                options={f.options ?? []}
                onValue={(v) => form.set(f.key, v)}
                className="w-full"
              />
            ) : (
              <Input
                inputMode={f.type === "number" ? "numeric" : undefined}
                value={form.values[f.key] ?? ""}
                onChange={(e) => form.set(f.key, e.target.value)}
              />
            )}
          </Field>
        ))}
        <Field
          label={k.secret}
          error={form.errors.secret ?? form.errors[`secret.${k.secretKey}`]}
          help={
            connection
              ? "Empty: stays as it is. It is kept encrypted and never shown."
              : k.secretOptional
                ? "Empty: we make one up and show it once."
                : "Kept encrypted and never shown."
          }
          className="sm:col-span-2"
        >
          <Input
            type="password"
            autoComplete="off"
            value={form.values.secret ?? ""}
            onChange={(e) => form.set("secret", e.target.value)}
          />
        </Field>
        {sends(kind) ? (
          <>
            <LimitsField value={limits} onChange={setLimits} errors={form.errors} />
            <HoursField value={hours} onChange={setHours} errors={form.errors} />
          </>
        ) : null}
      </form>
    </Dialog>
  );
}
