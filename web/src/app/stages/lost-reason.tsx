// Asks why a lead is lost, wherever it is moved to lost. The dialog's code is fetched when it is first asked.

import type { LostReasonId } from "@/shared/lib/stages";
import { createStore, useStore } from "@/shared/lib/store";
import { LostDialog as Dialog } from "./lost-dialog";

export interface LostQuestion {
  /** The lead's name, or how many leads. */
  whom: string;
  answer: (reason: LostReasonId | undefined) => void;
}

const asked = createStore<LostQuestion | undefined>(undefined);

/** The reason that the user chose; nothing if the user chose none, and the leads stay where they are. */
export const askLostReason = (whom: string): Promise<LostReasonId | undefined> =>
  new Promise((resolve) => {
    asked.get()?.answer(undefined);
    asked.set({
      whom,
      answer: (reason) => {
        asked.set(undefined);
        resolve(reason);
      },
    });
  });

/** The change that moves leads to a stage, with the reason if that is lost; nothing if the user gave none. */
export async function stageChange(
  status: string,
  whom: string,
): Promise<{ status: string } | { status: string; lost_reason: LostReasonId } | undefined> {
  if (status !== "lost") return { status };
  const lost_reason = await askLostReason(whom);
  return lost_reason ? { status, lost_reason } : undefined;
}

export function LostReason() {
  const question = useStore(asked);
  return question ? <Dialog question={question} /> : null;
}
