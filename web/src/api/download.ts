// Downloads of files.
import { sessionFetch } from "./client";
import { problemFrom } from "./errors";

/** Fetches a file that needs the session, as a download. */
export async function download(path: string, name: string): Promise<void> {
  const response = await sessionFetch(new Request(new URL(path, location.origin), { headers: { accept: "*/*" } }));
  if (!response.ok) throw problemFrom(response, await response.json().catch(() => undefined));
  saveAs(await response.blob(), name);
}

/** Hands a file to the browser as a download. */
export function saveAs(file: Blob, name: string) {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
