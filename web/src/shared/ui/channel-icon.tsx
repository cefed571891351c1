// The channel of a message as an icon with its name.
import { Mail, MessageCircle, MessageSquareText } from "lucide-react";
import type { Channel } from "@/api/types";
import { CHANNEL_WORDS } from "@/shared/lib/labels";

const ICONS = { email: Mail, sms: MessageSquareText, whatsapp: MessageCircle };

/** `silent`: the name stands beside it. */
export function ChannelIcon({ channel, size = 14, silent }: { channel: Channel; size?: number; silent?: boolean }) {
  const Icon = ICONS[channel];
  return <Icon size={size} {...(silent ? { "aria-hidden": true } : { "aria-label": CHANNEL_WORDS[channel] })} />;
}
