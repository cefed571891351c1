// The timeline's icons by name.
import {
  Bell,
  CircleDollarSign,
  CircleStop,
  Goal,
  Hourglass,
  LogIn,
  Mail,
  MessageCircle,
  MessageSquareText,
  MousePointerClick,
  OctagonPause,
  Phone,
  Reply,
  Sparkles,
  Split,
  SquareCheckBig,
  StickyNote,
  Upload,
  UserRound,
  Waypoints,
} from "lucide-react";
import type { IconName } from "./model";

export function TimelineIcon({ name, size = 13 }: { name: IconName; size?: number }) {
  switch (name) {
    case "email":
      return <Mail size={size} />;
    case "sms":
      return <MessageSquareText size={size} />;
    case "visit":
      return <MousePointerClick size={size} />;
    case "hot":
      return (
        <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" className="fill-current">
          <rect x="0.5" y="7.5" width="3" height="4" rx=".8" />
          <rect x="4.5" y="4.5" width="3" height="7" rx=".8" />
          <rect x="8.5" y="1" width="3" height="10.5" rx=".8" />
        </svg>
      );
    case "note":
      return <StickyNote size={size} />;
    case "task":
      return <SquareCheckBig size={size} />;
    case "payment":
      return <CircleDollarSign size={size} />;
    case "enrol":
      return <LogIn size={size} />;
    case "stop":
      return <OctagonPause size={size} />;
    case "import":
      return <Upload size={size} />;
    case "reply":
      return <Reply size={size} />;
    case "enrichment":
      return <Sparkles size={size} />;
    case "status":
      return <Waypoints size={size} />;
    case "call":
      return <Phone size={size} />;
    case "linkedin":
      return <UserRound size={size} />;
    case "whatsapp":
      return <MessageCircle size={size} />;
    case "wait":
      return <Hourglass size={size} />;
    case "branch":
      return <Split size={size} />;
    case "goal":
      return <Goal size={size} />;
    case "end":
      return <CircleStop size={size} />;
    case "system":
      return <Bell size={size} />;
  }
}
