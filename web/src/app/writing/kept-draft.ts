// What is being written to a lead, kept at the server: another device goes on where this one stopped.
import { client, unwrap } from "@/api/client";
import type { Written } from "@/shared/editor/composer";
import type { KeptDraft } from "@/shared/editor/drafts";

/** One draft to a lead, wherever it is written: on their own page or in the inbox. */
export const draftKeyOf = (lead: string) => `lead-${lead}`;

export function keptDraft(lead: string): KeptDraft<Written> {
  let id: string | undefined;
  // One after the other: what is cleared while it is still being saved would come back.
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
