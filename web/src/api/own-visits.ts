// Tells the public pages that this browser is one of the workspace's: what it opens is counted for nobody.
import { currentIdentity, onSessionChange } from "./session";

const COOKIE = "leadflow_team";
/** Renewed with every page of the app. */
const SECONDS = 30 * 24 * 3600;

export function markOwnVisits() {
  const workspace = currentIdentity()?.workspace.id;
  const secure = location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the store of cookies is not in every browser yet
  document.cookie = `${COOKIE}=${workspace ?? ""}; path=/; max-age=${workspace ? SECONDS : 0}; samesite=lax${secure}`;
}

/** As the app opens a page of a lead: it is not counted, also where the app is served elsewhere. */
export const asOwn = (url: string) => `${url}#own`;

export function watchOwnVisits() {
  if (currentIdentity()) markOwnVisits();
  onSessionChange(markOwnVisits);
}
