// Is anything being sent, the switch that stops all of it, and what becomes of what nobody knows.
import { useQuery } from "@tanstack/react-query";
import { SendingFoot } from "@/app/shell/sending";
import { Field } from "@/shared/forms/field";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { AdminOnly } from "./admin-only";
import { CapsForm } from "./caps-form";
import { PricesForm } from "./prices-form";
import { type SettingsView, settingsQuery, useChangeSettings } from "./queries";

const UNCERTAIN: { value: SettingsView["when_uncertain"]; label: string }[] = [
  { value: "hold", label: "Wait for a person's answer" },
  { value: "resend", label: "Send it again after a day" },
];

const LATE: { value: SettingsView["when_late"]; label: string }[] = [
  { value: "hold", label: "Wait for a person's answer" },
  { value: "send", label: "Send them all the same" },
  { value: "skip", label: "Skip the step" },
];

export function SendingSection() {
  const query = useQuery(settingsQuery);
  return (
    <div className="max-w-[640px] space-y-2 p-6 max-lg:p-4">
      <Heading>All sending</Heading>
      <p className="text-ink-2">
        Stopping holds every campaign of this workspace within 10 s. Nothing is lost: each person keeps their place, and
        goes on when you start again.
      </p>
      <div className="-mx-4 max-w-[340px] pt-2 max-sm:mx-0">
        <SendingFoot narrow={false} />
      </div>
      <p className="text-ink-2">
        When people are written to is set in each sequence: its days and hours count in the lead's own time. How many
        mails a mailbox sends a day is set with the mailbox.
      </p>
      <Loaded query={query} what="This section">
        {(settings) => (
          <AdminOnly>
            <WhenUncertain settings={settings} />
            <WhenLate settings={settings} />
            <Ending settings={settings} what="bounce" label="When mail to an address comes back for good" />
            <Ending settings={settings} what="text_stop" label="When somebody wants no more texts" />
            <CapsForm settings={settings} />
            <PricesForm settings={settings} />
          </AdminOnly>
        )}
      </Loaded>
    </div>
  );
}

function WhenUncertain({ settings }: { settings: SettingsView }) {
  const change = useChangeSettings();
  const before = settings.when_uncertain;
  const choose = (value: string) => {
    const when_uncertain = value as SettingsView["when_uncertain"];
    change.mutate(
      { when_uncertain },
      {
        onSuccess: () => toast("Saved", { undo: () => change.mutateAsync({ when_uncertain: before }) }),
        onError: (error) => toastProblem("It stays as it was", error),
      },
    );
  };
  return (
    <div className="max-w-[340px] pt-4">
      <Field
        label="When nobody knows whether a message went out"
        help="The provider is asked first. Sending it again may reach somebody twice."
      >
        <Select value={before} options={UNCERTAIN} onValue={choose} className="w-full" />
      </Field>
    </div>
  );
}

function WhenLate({ settings }: { settings: SettingsView }) {
  const change = useChangeSettings();
  const before = settings.when_late;
  const choose = (value: string) => {
    const when_late = value as SettingsView["when_late"];
    change.mutate(
      { when_late },
      {
        onSuccess: () => toast("Saved", { undo: () => change.mutateAsync({ when_late: before }) }),
        onError: (error) => toastProblem("It stays as it was", error),
      },
    );
  };
  return (
    <div className="max-w-[340px] pt-4">
      <Field
        label="When a pause or an outage makes a message late"
        help="More than 48 h after its time. A campaign's own answer comes first."
      >
        <Select value={before} options={LATE} onValue={choose} className="w-full" />
      </Field>
    </div>
  );
}

const ENDINGS: { value: SettingsView["endings"]["bounce"]; label: string }[] = [
  { value: "everything", label: "End all they are in" },
  { value: "channel", label: "Go on by other channels" },
];

function Ending({
  settings,
  what,
  label,
}: {
  settings: SettingsView;
  what: keyof SettingsView["endings"];
  label: string;
}) {
  const change = useChangeSettings();
  const before = settings.endings;
  const choose = (value: string) =>
    change.mutate(
      { endings: { ...before, [what]: value } },
      {
        onSuccess: () => toast("Saved", { undo: () => change.mutateAsync({ endings: before }) }),
        onError: (error) => toastProblem("It stays as it was", error),
      },
    );
  return (
    <div className="max-w-[340px] pt-4">
      <Field label={label} help="Steps of that channel are left out. Where nothing else is left, the sequence ends.">
        <Select value={before[what]} options={ENDINGS} onValue={choose} className="w-full" />
      </Field>
    </div>
  );
}
