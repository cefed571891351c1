// What the user is told by which channel, and the hours in which nothing is pushed.
import { Field } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Switch } from "@/shared/ui/switch";
import { Table, Td, Th } from "@/shared/ui/table";
import { toast } from "@/shared/ui/toast";
import { type Choices, HOURS, KINDS, type NotificationKind, useSaveChoices } from "./notices";

/** The quiet hours that are offered to a user who has none. */
const USUAL = { from: 20, to: 7 };

const CHANNELS = [
  ["browser", "Open browser"],
  ["pushed", "Push"],
] as const;

export function ChoicesForm({ choices }: { choices: Choices }) {
  const save = useSaveChoices();
  const { from, to } = choices.quiet ?? USUAL;
  const form = useForm(
    {
      browser: choices.browser,
      pushed: choices.pushed,
      isQuiet: choices.quiet != null,
      from: String(from),
      to: String(to),
      hotLeadsAlways: choices.hot_leads_always,
    },
    async ({ browser, pushed, isQuiet, from, to, hotLeadsAlways }) => {
      const quiet = isQuiet ? { from: Number(from), to: Number(to) } : null;
      await save.mutateAsync({ browser, pushed, quiet, hot_leads_always: hotLeadsAlways, rev: choices.rev });
      toast("Notifications saved");
    },
    (v): Record<string, string> =>
      v.isQuiet && v.from === v.to ? { quiet: "Choose an end that differs from the beginning." } : {},
  );
  const toggle = (channel: "browser" | "pushed", kind: NotificationKind, on: boolean) => {
    const others = form.values[channel].filter((known) => known !== kind);
    form.set(channel, on ? [...others, kind] : others);
  };
  const setHour = (end: "from" | "to", hour: string) => {
    form.set(end, hour);
    form.mended("quiet");
  };
  return (
    <section aria-label="Notify me about">
      <Heading>Notify me about</Heading>
      <p className="mt-1 text-ink-2">
        The bell lists everything. Choose here what the browser shows while leadflow is open in the background, and what
        is pushed to your devices. What you have read here is not pushed.
      </p>
      <form onSubmit={form.submit} noValidate className="mt-3 space-y-3">
        <FormProblem problem={form.problem} fields={["quiet"]} />
        <Table
          caption="Notifications by channel"
          head={
            <>
              <Th scope="col">Notification</Th>
              {CHANNELS.map(([channel, label]) => (
                <Th scope="col" key={channel} className="w-28 max-sm:w-20">
                  {label}
                </Th>
              ))}
            </>
          }
        >
          {KINDS.map(([kind, label]) => (
            <tr key={kind} className="border-b">
              <Th scope="row" className="font-normal">
                {label}
              </Th>
              {CHANNELS.map(([channel, name]) => (
                <Td key={channel} className="py-1">
                  <Checkbox
                    aria-label={`${label}: ${name}`}
                    checked={form.values[channel].includes(kind)}
                    onValue={(on) => toggle(channel, kind, on)}
                  />
                </Td>
              ))}
            </tr>
          ))}
        </Table>
        <Switch
          checked={form.values.isQuiet}
          onValue={(on) => form.set("isQuiet", on)}
          label="Quiet hours"
          note="Nothing is pushed then, by the time zone of your digest. It waits in the bell."
        />
        {form.values.isQuiet ? (
          <>
            <div className="grid max-w-80 grid-cols-2 gap-3">
              <Field label="From" error={form.errors.quiet}>
                <Select
                  value={form.values.from}
                  options={HOURS}
                  onValue={(v) => setHour("from", v)}
                  className="w-full"
                />
              </Field>
              <Field label="Until">
                <Select value={form.values.to} options={HOURS} onValue={(v) => setHour("to", v)} className="w-full" />
              </Field>
            </div>
            <Switch
              checked={form.values.hotLeadsAlways}
              onValue={(on) => form.set("hotLeadsAlways", on)}
              label="Push hot leads in quiet hours, too"
            />
          </>
        ) : null}
        <Button type="submit" kind="primary" busy={form.busy} disabled={!form.dirty}>
          Save notifications
        </Button>
      </form>
    </section>
  );
}
