// Clients.
import { Page } from "@/app/shell/page";

export function ClientsPage() {
  return <Page title="Clients">{null}</Page>;
}
