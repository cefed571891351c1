// Campaigns.
import { Page } from "@/app/shell/page";

export function CampaignsPage() {
  return <Page title="Campaigns">{null}</Page>;
}
