// Today.
import { Page } from "@/app/shell/page";

export function TodayPage() {
  return <Page title="Today">{null}</Page>;
}
