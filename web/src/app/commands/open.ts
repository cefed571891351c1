// Whether the palette and the list of shortcuts are open: known before their code is loaded.
import { createStore } from "@/shared/lib/store";

export const paletteOpen = createStore(false);
export const helpOpen = createStore(false);
