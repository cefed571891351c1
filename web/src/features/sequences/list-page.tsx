// Sequences.
import { Page } from "@/app/shell/page";

export function SequencesPage() {
  return <Page title="Sequences">{null}</Page>;
}
