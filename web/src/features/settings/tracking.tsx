// Tracking: what is counted in mails, for which leads not, and whose visits never count.
import { useMutation, useQuery } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { Button } from "@/shared/ui/button";
import { Loaded, LoadingRows, useTogether } from "@/shared/ui/states";
import { Switch } from "@/shared/ui/switch";
import { toast, toastProblem } from "@/shared/ui/toast";
import { ListField } from "./list-field";
import { type SettingsView, settingsQuery, useChangeSettings } from "./queries";
import { domainQuery, TrackingDomain } from "./tracking-domain";

export function TrackingSection() {
  const query = useQuery(settingsQuery);
  // Both are awaited: what stands below the domain does not move.
  if (!useTogether([query, useQuery(domainQuery)])) return <LoadingRows label="Loading this section" />;
  return (
    <Loaded query={query} what="This section">
      {(settings) => (
        <div className="max-w-text space-y-6 p-6 max-lg:p-4">
          <Switches settings={settings} />
          <TrackingDomain />
          <ListField
            title="Countries without tracking"
            help="Mails to leads there have no pixel and no rewritten links."
            saved={settings.tracking.countries_off}
            countries
            change={(countries_off) => ({ tracking: { countries_off } })}
          />
          <ListField
            title="Your own networks"
            help="One per line, such as 192.0.2.0/24 or a single address. Visits from there are shown as your own team's and never count. Browsers signed in to leadflow never count either."
            saved={settings.tracking.own_networks}
            change={(own_networks) => ({ tracking: { own_networks } })}
          />
          <p className="text-ink-2">
            Opens and clicks count only if a person made them. Scanners, previews of chat apps, prefetches and privacy
            proxies are shown in the lead's timeline with the reason, and left out of scores and reports.
          </p>
          <JudgeAgain />
        </div>
      )}
    </Loaded>
  );
}

function Switches({ settings }: { settings: SettingsView }) {
  const change = useChangeSettings();
  const flip = (key: "opens" | "clicks", on: boolean, what: string) =>
    change.mutate(
      { tracking: { [key]: on } },
      {
        onSuccess: () =>
          toast(`${what} ${on ? "on" : "off"}`, { undo: () => change.mutateAsync({ tracking: { [key]: !on } }) }),
        onError: (error) => toastProblem(`Could not change ${what.toLowerCase()}`, error),
      },
    );
  return (
    <section aria-label="Opens and clicks" className="space-y-2">
      <Switch
        checked={settings.tracking.opens}
        disabled={change.isPending}
        onValue={(on) => flip("opens", on, "Tracking of opens")}
        label="Track opens"
        note="A pixel in e-mail."
      />
      <Switch
        checked={settings.tracking.clicks}
        disabled={change.isPending}
        onValue={(on) => flip("clicks", on, "Tracking of clicks")}
        label="Track clicks"
        note="Links in e-mail lead through leadflow. With both off, visits to preview pages are not counted either."
      />
      <p className="text-ink-2">A campaign can switch off more, and so can a single lead.</p>
    </section>
  );
}

function JudgeAgain() {
  const judge = useMutation({ mutationFn: () => unwrap(client.POST("/api/settings/tracking/judge-visits")) });
  return (
    <section aria-label="Check past visits again" className="space-y-2">
      <p className="text-ink-2">
        After a change of your networks or an update, past visits can be checked again. Scores and counters follow.
      </p>
      <Button
        busy={judge.isPending}
        onClick={() =>
          judge.mutate(undefined, {
            onSuccess: () => toast("Past visits are being checked again"),
            onError: (error) => toastProblem("Could not check the visits again", error),
          })
        }
      >
        Check past visits again
      </Button>
    </section>
  );
}
