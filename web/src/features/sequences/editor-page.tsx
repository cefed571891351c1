// Sequence.
import { Page } from "@/app/shell/page";

export function SequencePage() {
  return <Page title="Sequence">{null}</Page>;
}
