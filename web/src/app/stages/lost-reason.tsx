// Asks why a lead is lost, wherever it is moved to lost, and whether a client is to be moved out of the won stage.

import type { LostReasonId } from "@/shared/lib/stages";
import { createStore, useStore } from "@/shared/lib/store";
import { later } from "@/shared/ui/later";
import { LostDialog as Dialog } from "./lost-dialog";

const ClientDialog = later(() => import("./client-dialog").then((m) => m.ClientDialog));

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

export interface ClientQuestion {
  whom: string;
  /** The stage that the client would be moved to. */
  to: string;
  answer: (yes: boolean) => void;
}

const leaving = createStore<ClientQuestion | undefined>(undefined);

/** Whether a client is to be taken out of the won stage. */
const askClient = (whom: string, to: string): Promise<boolean> =>
  new Promise((resolve) => {
    leaving.get()?.answer(false);
    leaving.set({
      whom,
      to,
      answer: (yes) => {
        leaving.set(undefined);
        resolve(yes);
      },
    });
  });

/**
 * The change that moves leads to a stage, with the reason if that is lost; nothing if the user gave none, or keeps a client
 * where they are. `from` is the stage of the one lead that is moved.
 */
export async function stageChange(
  status: string,
  whom: string,
  from?: string,
): Promise<{ status: string } | { status: string; lost_reason: LostReasonId } | undefined> {
  if (from === "won" && status !== "won" && !(await askClient(whom, status))) return undefined;
  if (status !== "lost") return { status };
  const lost_reason = await askLostReason(whom);
  return lost_reason ? { status, lost_reason } : undefined;
}

export function LostReason() {
  const question = useStore(asked);
  const client = useStore(leaving);
  return (
    <>
      {question ? <Dialog question={question} /> : null}
      {client ? <ClientDialog question={client} /> : null}
    </>
  );
}
