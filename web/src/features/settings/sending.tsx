// Sending: whether anything is being sent, the switch that stops all of it, and the settings for cases that need a
// choice.
import { useQuery } from "@tanstack/react-query";
import { ChangedBy } from "@/app/auth/changed-by";
import { useSees } from "@/app/auth/use-sees";
import { useStats } from "@/app/shell/queries";
import { SendingFoot } from "@/app/shell/sending";
import { Heading } from "@/shared/ui/section";
import type { Option } from "@/shared/ui/select";
import { Loaded, Together } from "@/shared/ui/states";
import { CallsSection } from "./calls-section";
import { CapsForm } from "./caps-form";
import { Choice } from "./choice";
import { PricesForm } from "./prices-form";
import { type SettingsView, settingsQuery } from "./queries";
import { RecordingSection } from "./recording-section";

const UNCERTAIN: Option<SettingsView["when_uncertain"]>[] = [
  { value: "hold", label: "Wait for your decision" },
  { value: "resend", label: "Send it again after a day" },
];

const LATE: Option<SettingsView["when_late"]>[] = [
  { value: "hold", label: "Wait for your decision" },
  { value: "send", label: "Send them anyway" },
  { value: "skip", label: "Skip the step" },
];

const CONSENT: Option<SettingsView["consent"]>[] = [
  { value: "law", label: "What the law asks for" },
  { value: "stated_basis", label: "A recorded basis for every lead" },
  { value: "consent", label: "The consent of every lead" },
];

const ENDINGS: Option<SettingsView["endings"]["bounce"]>[] = [
  { value: "everything", label: "Stop all sequences" },
  { value: "channel", label: "Continue on other channels" },
];
const ENDING_HELP = "Steps on that channel are skipped. If no other step is left, the sequence ends.";
const STOP_HELP = `A STOP by SMS or a block on WhatsApp. Texts, WhatsApp and calls share one channel, the number. ${ENDING_HELP}`;

/** The days that are offered, and the one that is set. */
const companyDays = (set: number): Option[] =>
  [...new Set([0, 2, 5, 10, 14, 30, set])]
    .sort((a, b) => a - b)
    .map((days) => ({ value: String(days), label: days ? `Wait ${days} days` : "Continue as before" }));

export function SendingSection() {
  const query = useQuery(settingsQuery);
  const stats = useStats();
  const own = useSees() === "own";
  return (
    <Together queries={own ? [query] : [query, stats]} what="This section">
      <div className="max-w-text space-y-2 p-6 max-lg:p-4">
        <Heading>All sending</Heading>
        <p className="text-ink-2">
          Stopping holds every campaign of this workspace within 10 s. Nothing is lost: each lead keeps its place and
          continues when you start again.
        </p>
        <div className="-mx-4 max-w-85 pt-2 max-sm:mx-0">
          <SendingFoot narrow={false} />
        </div>
        <p className="text-ink-2">
          Sending windows are set in each sequence, in the lead's own time. Daily limits are set with each mailbox.
        </p>
        <Loaded query={query} what="This section">
          {(settings) => (
            <ChangedBy who="admin" className="pt-4">
              <Choices settings={settings} />
              <CapsForm settings={settings} />
              <PricesForm settings={settings} />
              <CallsSection settings={settings} />
              <RecordingSection settings={settings} />
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
        label="If delivery is uncertain"
        help="The provider is asked first. Sending again may reach the lead twice."
        value={settings.when_uncertain}
        options={UNCERTAIN}
        change={(when_uncertain) => ({ when_uncertain })}
      />
      <Choice
        label="Late messages"
        help="A pause or an outage has made them more than 48 h late. A decision made in the campaign comes first."
        value={settings.when_late}
        options={LATE}
        change={(when_late) => ({ when_late })}
      />
      <Choice
        label="After a hard bounce"
        help={ENDING_HELP}
        value={settings.endings.bounce}
        options={ENDINGS}
        change={(bounce) => ({ endings: { bounce } })}
      />
      <Choice
        label="When a lead opts out of texts"
        help={STOP_HELP}
        value={settings.endings.text_stop}
        options={ENDINGS}
        change={(text_stop) => ({ endings: { text_stop } })}
      />
      <Choice
        label="Consent before campaigns and bulk messages"
        help="Leads without it are held, and the reason says which rule asks for it. It never asks for less than the law where the lead is."
        value={settings.consent}
        options={CONSENT}
        change={(consent) => ({ consent })}
      />
      <Choice
        label="When a colleague replies, books or pays"
        help="Applies to the other leads with an address at that company. You can release each one earlier."
        value={String(settings.company_hold_days)}
        options={companyDays(settings.company_hold_days)}
        change={(days) => ({ company_hold_days: Number(days) })}
      />
    </>
  );
}
