// The note on a call: one per lead, wherever it is written.
import { ownKey } from "@/shared/editor/drafts";

export const noteKey = (lead: string) => ownKey(`call-note:${lead}`);
