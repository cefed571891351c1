// The workspace's own days off, on which nothing is sent.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { plural } from "@/shared/lib/format";
import { Button, IconButton } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Heading } from "@/shared/ui/section";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { toast, toastProblem } from "@/shared/ui/toast";
import { dayOffProblems, dayOffWords, withDay } from "./calendar";
import { type DayOff, settingsQuery, useChangeSettings } from "./queries";

export function DaysOffSection() {
  const query = useQuery(settingsQuery);
  return (
    <div className="p-6 max-lg:p-4">
      <Heading note="Public holidays in a lead's country apply automatically.">Your own days off</Heading>
      <Loaded query={query} what="The days off">
        {(settings) => <DaysOff days={settings.days_off} rev={settings.rev} />}
      </Loaded>
    </div>
  );
}

function DaysOff({ days, rev }: { days: DayOff[]; rev: number }) {
  const cache = useQueryClient();
  const change = useChangeSettings();
  const form = useForm<DayOff>(
    { date: "", name: "", yearly: false },
    async (v) => {
      await change.mutateAsync({ days_off: withDay(days, v), rev });
      toast(`Nothing is sent on ${dayOffWords(v)}`);
      form.reset({ date: "", name: "", yearly: false });
    },
    (v) => dayOffProblems(days, v),
  );
  /** The day is added to the list as it is then: other days may have been added or removed since. */
  const bringBack = (gone: DayOff) => {
    const current = cache.getQueryData(settingsQuery.queryKey);
    return current && change.mutateAsync({ days_off: withDay(current.days_off, gone), rev: current.rev });
  };
  const remove = (gone: DayOff) =>
    change.mutate(
      { days_off: days.filter((d) => d !== gone), rev },
      {
        onSuccess: () => toast(`${gone.name} removed`, { undo: () => bringBack(gone) }),
        onError: (error) => toastProblem(`Could not remove ${gone.name}`, error),
      },
    );
  return (
    <>
      <form onSubmit={form.submit} noValidate className="mb-4 flex max-w-180 flex-wrap items-start gap-3">
        <div className="w-full">
          <FormProblem problem={form.problem} fields={["date", "name"]} />
        </div>
        <Field label="Date" error={form.errors.date}>
          <Input
            type="date"
            value={form.values.date}
            onChange={(e) => form.set("date", e.target.value)}
            className="!w-37.5"
          />
        </Field>
        <Field label="Name of the day" error={form.errors.name} className="min-w-50 flex-1">
          <Input maxLength={80} value={form.values.name} onChange={(e) => form.set("name", e.target.value)} />
        </Field>
        <span className="mt-6 flex h-control items-center gap-1 max-sm:h-11">
          <Checkbox id="yearly" checked={!!form.values.yearly} onValue={(yearly) => form.set("yearly", yearly)} />
          <label htmlFor="yearly">Every year</label>
        </span>
        <Button kind="primary" type="submit" busy={form.busy} className="mt-6">
          Add day
        </Button>
      </form>
      {days.length === 0 ? (
        <Empty title="No days off yet" className="!mx-0">
          Add the days when your company is closed. Messages due then go out on the next working day.
        </Empty>
      ) : (
        <Table
          className="max-w-180"
          caption={`${plural(days.length, "day")} off`}
          head={
            <>
              <Th>Day</Th>
              <Th>When</Th>
              <Th className="w-10">
                <span className="sr-only">Remove</span>
              </Th>
            </>
          }
        >
          {days.map((d) => (
            <Row key={`${d.date} ${d.name}`}>
              <Td className="font-medium [overflow-wrap:anywhere]">{d.name}</Td>
              <Td className="text-ink-2">{dayOffWords(d)}</Td>
              <Td>
                <IconButton
                  label={`Remove ${d.name}`}
                  size="iconSm"
                  disabled={change.isPending}
                  onClick={() => remove(d)}
                >
                  <Trash2 size={14} />
                </IconButton>
              </Td>
            </Row>
          ))}
        </Table>
      )}
    </>
  );
}
