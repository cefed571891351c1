// Queue.
import { Page } from "@/app/shell/page";

export function QueuePage() {
  return <Page title="Queue">{null}</Page>;
}
