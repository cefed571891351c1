// Inbox.
import { Page } from "@/app/shell/page";

export function InboxPage() {
  return <Page title="Inbox">{null}</Page>;
}
