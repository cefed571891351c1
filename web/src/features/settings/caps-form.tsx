// Caps on messages to a lead, over all campaigns and bulk messages.
import { type Format, PartForm } from "./part-form";
import type { SettingsView } from "./queries";

const COUNT: Format = {
  inputMode: "numeric",
  text: (n) => String(n ?? ""),
  number: (text) => (/^\d+$/.test(text.trim()) ? Number(text) : undefined),
  fault: "Enter a whole number.",
};

const words = ({ caps }: SettingsView) =>
  [
    caps.one_campaign ? "one campaign at a time" : "several campaigns at a time",
    caps.hours_apart ? `${caps.hours_apart} hours apart` : "no minimum gap",
    caps.messages_per_day ? `${caps.messages_per_day} messages per day` : "no daily limit",
    caps.domain_per_day ? `${caps.domain_per_day} e-mails per day to a domain` : "no limit per domain",
  ].join(", ");

export function CapsForm({ settings }: { settings: SettingsView }) {
  return (
    <PartForm
      settings={settings}
      part="caps"
      title="Contact limits"
      note="across all campaigns and bulk messages"
      switches={[
        {
          key: "one_campaign",
          label: "One campaign at a time",
          note: "Leads active in a campaign are left out when added to another.",
        },
      ]}
      fields={[
        {
          key: "hours_apart",
          label: "Hours between two messages to a lead",
          help: "On any channel. Leave empty for no minimum.",
          format: COUNT,
        },
        {
          key: "domain_per_day",
          label: "E-mails per day to one recipient domain",
          help: "Such as gmail.com. The rest waits for the next day, which starts at midnight UTC. Leave empty for no limit.",
          format: COUNT,
        },
        {
          key: "messages_per_day",
          label: "Messages per day in total",
          help: "From campaigns and bulk messages, on all channels. The rest waits for the next day, which starts at midnight UTC. Leave empty for no limit.",
          format: COUNT,
        },
      ]}
      words={words}
      save="Save limits"
    />
  );
}
