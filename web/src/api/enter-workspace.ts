// The switch to another workspace of the login.
import { problemFrom, unreachable } from "./errors";
import {
  accessToken,
  refreshSession,
  type Session,
  startAnew,
  startSession,
  storedRefreshToken,
  withLock,
} from "./session";

/** Moves this browser to another workspace of the login. Everything is loaded anew: nothing of the one before stays. */
export async function enterWorkspace(workspace: string): Promise<never> {
  if (!(await refreshSession())) return startAnew();
  return withLock(async () => {
    let response: Response;
    try {
      response = await fetch("/api/auth/switch", {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          authorization: `Bearer ${accessToken()}`,
        },
        body: JSON.stringify({ workspace, refresh_token: storedRefreshToken() }),
      });
    } catch {
      throw unreachable();
    }
    if (!response.ok) throw problemFrom(response, await response.json().catch(() => undefined));
    startSession((await response.json()) as Session);
    return startAnew();
  });
}
