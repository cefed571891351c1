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
