// Leads.
import { Page } from "@/app/shell/page";

export function LeadsPage() {
  return <Page title="Leads">{null}</Page>;
}
