// How a user is told of news outside the app, and for admins the workspace's Slack channel.
import { useQuery } from "@tanstack/react-query";
import { useMay } from "@/app/auth/use-may";
import { useIdentity } from "@/app/auth/use-session";
import { Loaded, Together } from "@/shared/ui/states";
import { DesktopSection } from "./desktop-section";
import { DigestForm } from "./digest-form";
import { digestQuery, slackQuery } from "./notices";
import { SlackForm } from "./slack-form";

export function NotificationsSection() {
  const me = useIdentity();
  const administers = useMay("admin");
  const digest = useQuery(digestQuery);
  const slack = useQuery({ ...slackQuery, enabled: administers });
  if (!me) return null;
  return (
    <Together queries={administers ? [digest, slack] : [digest]} what="This section">
      <div className="max-w-text space-y-8 p-6 max-lg:p-4">
        <DesktopSection user={me.user.id} />
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
