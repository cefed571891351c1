// Whether somebody is being asked to stop all sending, wherever they asked for it: the rail, or the palette.
import { createStore } from "@/shared/lib/store";

/** The question itself, or until when. */
export type Stopping = "asked" | "until";

export const stopping = createStore<Stopping | undefined>(undefined);
