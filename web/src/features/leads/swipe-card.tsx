// A lead of the list on a phone: a tap opens it, a swipe to the right calls, one to the left writes.
import { useNavigate } from "@tanstack/react-router";
import { Pencil, Phone } from "lucide-react";
import type { LeadRow } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { numberToCall } from "@/app/calls/call-action";
import { useCall } from "@/app/calls/placing";
import { SwipeRow } from "@/shared/ui/swipe-row";
import { LeadCard } from "./columns";

export function SwipeCard(shown: { lead: LeadRow; now: number; campaigns: Record<string, string> }) {
  const { lead } = shown;
  const navigate = useNavigate();
  const call = useCall();
  const may = useMay("rep");
  const number = may ? numberToCall(lead) : undefined;
  const write = () => void navigate({ to: "/leads/$id", params: { id: lead.id }, hash: "write" });
  return (
    <SwipeRow
      className="h-full rounded-card"
      right={number ? { label: "Call", icon: Phone, run: () => call({ number, lead: lead.id }) } : undefined}
      left={may ? { label: "Write", icon: Pencil, run: write } : undefined}
    >
      <LeadCard {...shown} />
    </SwipeRow>
  );
}
