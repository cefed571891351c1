// Settings.
import { Page } from "@/app/shell/page";

export function SettingsPage() {
  return <Page title="Settings">{null}</Page>;
}
