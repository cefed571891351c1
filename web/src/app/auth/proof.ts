// The server changes who gets in, and how, and where data goes, only for a user who has given the password, a code or a passkey
// within the last minutes: ways to sign in, invitations, roles, keys, accounts at providers. `proven` asks for that where it is
// needed; `ProofDialog` is drawn around all pages of the app, and by the pages of sign-in that use it.
import { ApiProblem } from "@/api/errors";
import { createStore } from "@/shared/lib/store";

/** Answers the question that is open; no question is open without one. */
export const openProof = createStore<((given: boolean) => void) | undefined>(undefined);

/** The user closed the dialog instead. */
export const isUnproven = (error: unknown) => error instanceof ApiProblem && error.code === "proof_needed";

export async function proven<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isUnproven(error)) throw error;
    const given = await new Promise<boolean>((answer) => openProof.set(() => answer));
    openProof.set(undefined);
    if (!given) throw error;
    return act();
  }
}
