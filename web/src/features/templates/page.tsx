// Templates.
import { Page } from "@/app/shell/page";

export function TemplatesPage() {
  return <Page title="Templates">{null}</Page>;
}
