// Turns the browser's notifications on or off, for the user in this browser.
import { desktopChanges, isBlocked, isOn, isSupported, turnOff, turnOn } from "@/app/notify/desktop";
import { useStore } from "@/shared/lib/store";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";

export const BLOCKED =
  "This browser blocks notifications from leadflow. Allow them in the browser's settings for this site, then reload the page.";

export function DesktopSection({ user }: { user: string }) {
  useStore(desktopChanges);
  const on = isOn(user);
  return (
    <section aria-label="Browser notifications">
      <Heading>Browser notifications</Heading>
      <p className="mt-1 text-ink-2">
        {on
          ? "This browser notifies you while leadflow is open in the background."
          : "Get a notification while leadflow is open in the background of this browser."}
      </p>
      {isSupported() && !isBlocked() ? (
        <Button kind="outline" className="mt-3" onClick={() => (on ? turnOff(user) : void turnOn(user))}>
          {on ? "Turn off notifications" : "Turn on notifications"}
        </Button>
      ) : (
        <p role="status" className="mt-2">
          {isBlocked() ? BLOCKED : "Notifications are not supported in this browser."}
        </p>
      )}
    </section>
  );
}
