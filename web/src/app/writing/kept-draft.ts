// The draft of a message to a lead, kept at the server so that another device can continue it.
import { client, unwrap } from "@/api/client";
import type { Written } from "@/shared/editor/composer";
import type { KeptDraft } from "@/shared/editor/drafts";

/** There is one draft per lead, written on the lead's page or in the inbox. */
export const draftKeyOf = (lead: string) => `lead-${lead}`;

export function keptDraft(lead: string): KeptDraft<Written> {
  let id: string | undefined;
  // Saves run one after the other: a draft that is cleared while it is being saved would come back.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
  return {
    load: () =>
      inTurn(async () => {
        const draft = await unwrap(client.GET("/api/emails/draft/of/{lead}", { params: { path: { lead } } }));
        if (!draft) return undefined;
        id = draft.id;
        const value = { channel: draft.channel, subject: draft.subject, text: draft.body };
        return { value, at: Date.parse(draft.updated_at) };
      }),
    save: ({ channel, subject, text }) =>
      inTurn(async () => {
        const body = { lead_id: lead, channel, subject, body: text };
        id = (await unwrap(client.PUT("/api/emails/draft", { body }))).id;
      }),
    clear: () =>
      inTurn(async () => {
        const gone = id;
        id = undefined;
        if (gone) await unwrap(client.DELETE("/api/emails/draft/{id}", { params: { path: { id: gone } } }));
      }),
  };
}
