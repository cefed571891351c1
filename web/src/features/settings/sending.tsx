// Is anything being sent, the switch that stops all of it, and what becomes of whom in the cases that need a choice.
import { useQuery } from "@tanstack/react-query";
import { ChangedBy } from "@/app/auth/changed-by";
import { statsQuery } from "@/app/shell/queries";
import { SendingFoot } from "@/app/shell/sending";
import { Heading } from "@/shared/ui/section";
import type { Option } from "@/shared/ui/select";
import { Loaded, Together } from "@/shared/ui/states";
import { CapsForm } from "./caps-form";
import { Choice } from "./choice";
import { PricesForm } from "./prices-form";
import { type SettingsView, settingsQuery } from "./queries";

const UNCERTAIN: Option<SettingsView["when_uncertain"]>[] = [
  { value: "hold", label: "Wait for a person's answer" },
  { value: "resend", label: "Send it again after a day" },
];

const LATE: Option<SettingsView["when_late"]>[] = [
  { value: "hold", label: "Wait for a person's answer" },
  { value: "send", label: "Send them all the same" },
  { value: "skip", label: "Skip the step" },
];

const ENDINGS: Option<SettingsView["endings"]["bounce"]>[] = [
  { value: "everything", label: "End all they are in" },
  { value: "channel", label: "Go on by other channels" },
];
const ENDING_HELP = "Steps of that channel are left out. Where nothing else is left, the sequence ends.";
const STOP_HELP = `STOP to an SMS, or blocked on WhatsApp. Texts, WhatsApp and calls are one channel, the number. ${ENDING_HELP}`;

/** The days that are offered, and the one that is set. */
const companyDays = (set: number): Option[] =>
  [...new Set([0, 2, 5, 10, 14, 30, set])]
    .sort((a, b) => a - b)
    .map((days) => ({ value: String(days), label: days ? `Wait ${days} days` : "Go on as before" }));

export function SendingSection() {
  const query = useQuery(settingsQuery);
  const stats = useQuery(statsQuery);
  return (
    <Together queries={[query, stats]} what="This section">
      <div className="max-w-text space-y-2 p-6 max-lg:p-4">
        <Heading>All sending</Heading>
        <p className="text-ink-2">
          Stopping holds every campaign of this workspace within 10 s. Nothing is lost: each person keeps their place,
          and goes on when you start again.
        </p>
        <div className="-mx-4 max-w-85 pt-2 max-sm:mx-0">
          <SendingFoot narrow={false} />
        </div>
        <p className="text-ink-2">
          When people are written to is set in each sequence: its days and hours count in the lead's own time. How many
          mails a mailbox sends a day is set with the mailbox.
        </p>
        <Loaded query={query} what="This section">
          {(settings) => (
            <ChangedBy who="admin" className="pt-4">
              <Choices settings={settings} />
              <CapsForm settings={settings} />
              <PricesForm settings={settings} />
            </ChangedBy>
          )}
        </Loaded>
      </div>
    </Together>
  );
}

export function Choices({ settings }: { settings: SettingsView }) {
  return (
    <>
      <Choice
        label="When nobody knows whether a message went out"
        help="The provider is asked first. Sending it again may reach somebody twice."
        value={settings.when_uncertain}
        options={UNCERTAIN}
        change={(when_uncertain) => ({ when_uncertain })}
      />
      <Choice
        label="When a pause or an outage makes a message late"
        help="More than 48 h after its time. A campaign's own answer comes first."
        value={settings.when_late}
        options={LATE}
        change={(when_late) => ({ when_late })}
      />
      <Choice
        label="When mail to an address comes back for good"
        help={ENDING_HELP}
        value={settings.endings.bounce}
        options={ENDINGS}
        change={(bounce) => ({ endings: { bounce } })}
      />
      <Choice
        label="When somebody wants no more texts"
        help={STOP_HELP}
        value={settings.endings.text_stop}
        options={ENDINGS}
        change={(text_stop) => ({ endings: { text_stop } })}
      />
      <Choice
        label="When somebody of a company answers, books or pays"
        help="What becomes of the others with an address at that company. Each can be let go on before."
        value={String(settings.company_hold_days)}
        options={companyDays(settings.company_hold_days)}
        change={(days) => ({ company_hold_days: Number(days) })}
      />
    </>
  );
}
