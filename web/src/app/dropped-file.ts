// A file that was dropped on another page than the import: the import page takes it when it opens.
import { createStore } from "@/shared/lib/store";

export const droppedFile = createStore<File | undefined>(undefined);
