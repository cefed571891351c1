// Lead.
import { Page } from "@/app/shell/page";

export function LeadPage() {
  return <Page title="Lead">{null}</Page>;
}
