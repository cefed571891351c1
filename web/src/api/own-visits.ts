// Marks this browser as one of the workspace's, so that public pages do not count its visits.
import { currentIdentity, onSessionChange } from "./session";

const COOKIE = "leadflow_team";
/** The mark is renewed with every page of the app. */
const SECONDS = 30 * 24 * 3600;

export function markOwnVisits() {
  const workspace = currentIdentity()?.workspace.id;
  const secure = location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the store of cookies is not in every browser yet
  document.cookie = `${COOKIE}=${workspace ?? ""}; path=/; max-age=${workspace ? SECONDS : 0}; samesite=lax${secure}`;
}

/**
 * Builds the link by which the app opens a lead's page: that visit is not counted, even if the app is served from
 * elsewhere.
 */
export const asOwn = (url: string) => `${url}#own`;

export function watchOwnVisits() {
  if (currentIdentity()) markOwnVisits();
  onSessionChange(markOwnVisits);
}
