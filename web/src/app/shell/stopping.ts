// Whether the dialog to stop all sending is open, opened from the sidebar or the palette.
import { createStore } from "@/shared/lib/store";

/** The confirmation, or the choice of an end. */
export type Stopping = "asked" | "until";

export const stopping = createStore<Stopping | undefined>(undefined);
