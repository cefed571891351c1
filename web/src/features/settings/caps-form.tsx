// How often anybody is turned to, whatever campaigns they are in and whoever writes to many.
import { type Format, PartForm } from "./part-form";
import type { SettingsView } from "./queries";

const COUNT: Format = {
  inputMode: "numeric",
  text: (n) => String(n ?? ""),
  number: (text) => (/^\d+$/.test(text.trim()) ? Number(text) : undefined),
  fault: "This is no whole number.",
};

const words = ({ caps }: SettingsView) =>
  [
    caps.one_campaign ? "one campaign at a time" : "several campaigns at a time",
    caps.hours_apart ? `${caps.hours_apart} hours apart` : "no least time",
    caps.messages_per_day ? `${caps.messages_per_day} messages a day` : "no limit of a day",
    caps.domain_per_day ? `${caps.domain_per_day} mails a day to a domain` : "no limit for a domain",
  ].join(", ");

export function CapsForm({ settings }: { settings: SettingsView }) {
  return (
    <PartForm
      settings={settings}
      part="caps"
      title="How often anybody is written to"
      note="in all campaigns and messages to many together"
      switches={[
        {
          key: "one_campaign",
          label: "One campaign at a time",
          note: "Who is under way in a campaign is left out when they are added to another.",
        },
      ]}
      fields={[
        {
          key: "hours_apart",
          label: "Hours between two messages to a person",
          help: "On any channel. Empty: no least time.",
          format: COUNT,
        },
        {
          key: "domain_per_day",
          label: "Mails a day to one recipient domain",
          help: "Such as gmail.com. The rest waits for the next day, which begins at midnight UTC. Empty: no limit.",
          format: COUNT,
        },
        {
          key: "messages_per_day",
          label: "Messages a day, all of them together",
          help: "Of campaigns and to many, on all channels. The rest waits for the next day, which begins at midnight UTC. Empty: no limit.",
          format: COUNT,
        },
      ]}
      words={words}
      save="Save how often"
    />
  );
}
