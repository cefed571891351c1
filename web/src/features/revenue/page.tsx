// Revenue.
import { Page } from "@/app/shell/page";

export function RevenuePage() {
  return <Page title="Revenue">{null}</Page>;
}
