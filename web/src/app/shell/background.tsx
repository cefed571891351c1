// What works beside every page once it is awake: the socket that tells what changed, the browser's notifications, the
// bar of a call, the question for a lost reason, the notice of a lost connection, and the palette's commands.
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { startLive } from "@/api/live";
import { CallPlace } from "@/app/calls/call-place";
import { desktopChanges, isOn, isPushDevice } from "@/app/notify/desktop";
import { DesktopNotices } from "@/app/notify/desktop-notices";
import { LostReason } from "@/app/stages/lost-reason";
import { useStore } from "@/shared/lib/store";
import { OfflineLine } from "./offline";
import { usePaletteCommands } from "./palette-commands";

const PushedNotices = lazy(() => import("@/app/notify/pushed-notices").then((m) => ({ default: m.PushedNotices })));

export function Background({ user }: { user: string }) {
  const cache = useQueryClient();
  useStore(desktopChanges);
  usePaletteCommands();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another user gets a socket of their own
  useEffect(() => startLive(cache), [user, cache]);
  return (
    <>
      {isOn(user) ? <DesktopNotices /> : null}
      {isPushDevice(user) ? (
        <Suspense>
          <PushedNotices user={user} />
        </Suspense>
      ) : null}
      <CallPlace />
      <LostReason />
      <OfflineLine />
    </>
  );
}
