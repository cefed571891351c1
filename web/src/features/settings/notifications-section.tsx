// How a user is told of news outside the app, and for admins the workspace's Slack channel.
import { useQuery } from "@tanstack/react-query";
import { useMay } from "@/app/auth/use-may";
import { useIdentity } from "@/app/auth/use-session";
import { choicesQuery } from "@/app/notify/choices";
import { Loaded, Together } from "@/shared/ui/states";
import { ChoicesForm } from "./choices-form";
import { DesktopSection } from "./desktop-section";
import { DigestForm } from "./digest-form";
import { devicesQuery, digestQuery, slackQuery } from "./notices";
import { PushSection } from "./push-section";
import { SlackForm } from "./slack-form";

export function NotificationsSection() {
  const me = useIdentity();
  const administers = useMay("admin");
  const devices = useQuery(devicesQuery);
  const choices = useQuery(choicesQuery);
  const digest = useQuery(digestQuery);
  const slack = useQuery({ ...slackQuery, enabled: administers });
  if (!me) return null;
  return (
    <Together queries={[devices, choices, digest, ...(administers ? [slack] : [])]} what="This section">
      <div className="max-w-text space-y-8 p-6 max-lg:p-4">
        <DesktopSection user={me.user.id} />
        <Loaded query={devices} what="Your devices">
          {(known) => <PushSection user={me.user.id} known={known} />}
        </Loaded>
        <Loaded query={choices} what="Your choices">
          {(chosen) => <ChoicesForm choices={chosen} />}
        </Loaded>
        <Loaded query={digest} what="Your digest">
          {(settings) => <DigestForm settings={settings} />}
        </Loaded>
        {administers ? (
          <Loaded query={slack} what="The Slack channel">
            {(channel) => <SlackForm slack={channel} key={channel.ending} />}
          </Loaded>
        ) : null}
      </div>
    </Together>
  );
}
