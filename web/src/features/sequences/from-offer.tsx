// Opens a sequence that the workspace's model writes from an offer, as an unsaved draft.

import { Sparkles } from "lucide-react";
import { useState } from "react";
import { useCommands } from "@/app/commands/registry";
import { useMayAskAi } from "@/app/writing/use-ai";
import { Button } from "@/shared/ui/button";
import { OfferDialog } from "./offer-dialog";

/** The button is not offered where AI is switched off. */
export function useFromOffer(may: boolean) {
  const isOffered = useMayAskAi() && may;
  const [isOpen, setOpen] = useState(false);
  const open = () => setOpen(true);
  useCommands(
    isOffered
      ? [{ id: "from-offer", title: "Write a sequence from an offer", group: "This page", icon: Sparkles, run: open }]
      : [],
  );
  const button = isOffered ? <Button onClick={open}>Write from an offer</Button> : null;
  const parts = isOpen ? <OfferDialog onClose={() => setOpen(false)} /> : null;
  return { button, parts };
}
