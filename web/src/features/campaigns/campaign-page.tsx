// Campaign.
import { Page } from "@/app/shell/page";

export function CampaignPage() {
  return <Page title="Campaign">{null}</Page>;
}
