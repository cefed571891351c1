// Import.
import { Page } from "@/app/shell/page";

export function ImportPage() {
  return <Page title="Import">{null}</Page>;
}
