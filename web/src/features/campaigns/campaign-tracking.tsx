// What is tracked in a campaign's mails: a campaign only switches off what the workspace tracks.
import { useQuery } from "@tanstack/react-query";
import type { CampaignView } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { settingsQuery } from "@/app/shell/queries";
import { Heading } from "@/shared/ui/section";
import { Switch } from "@/shared/ui/switch";
import { toast, toastProblem } from "@/shared/ui/toast";
import { useChangeCampaign } from "./queries";

export function CampaignTracking({ campaign: c, open }: { campaign: CampaignView; open: boolean }) {
  const change = useChangeCampaign(c.id);
  const may = useMay("rep");
  const workspace = useQuery(settingsQuery).data?.tracking;
  const off = (kind: "opens" | "clicks") => (workspace && !workspace[kind] ? "Off in the whole workspace." : undefined);
  const set = (kind: "opens" | "clicks", on: boolean) => {
    const before = c.untracked;
    change.mutate(
      { untracked: { ...before, [kind]: !on } },
      {
        onSuccess: () =>
          toast(`${kind === "opens" ? "Opens" : "Clicks"} are ${on ? "tracked" : "not tracked"} in this campaign`, {
            undo: () => change.mutateAsync({ untracked: before }),
          }),
        onError: (error) => toastProblem("Could not change this setting", error),
      },
    );
  };
  return (
    <section aria-label="Tracking" className="px-6 py-3 max-lg:px-4">
      <Heading>Tracking</Heading>
      <p className="text-ink-2">
        Applies to mails from now on. What the workspace, a lead or its country switches off stays off.
        {may ? "" : " Ask a rep to change this."}
      </p>
      <Switch
        checked={!c.untracked.opens}
        disabled={!open || change.isPending}
        onValue={(on) => set("opens", on)}
        label="Track opens"
        note={off("opens")}
      />
      <Switch
        checked={!c.untracked.clicks}
        disabled={!open || change.isPending}
        onValue={(on) => set("clicks", on)}
        label="Track clicks"
        note={off("clicks")}
      />
    </section>
  );
}
