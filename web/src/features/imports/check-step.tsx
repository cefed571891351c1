// The dry run: what would happen to every row, before anything is written.
import { asProblem } from "@/api/errors";
import { useMay } from "@/app/auth/use-may";
import { keyCaps } from "@/app/commands/registry";
import { Scroll } from "@/app/shell/page";
import { FormProblem } from "@/shared/forms/form-problem";
import { plural } from "@/shared/lib/format";
import { useKeys } from "@/shared/lib/keyboard";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { LoadingRows } from "@/shared/ui/states";
import { CountsList } from "./counts";
import type { ImportView } from "./model";
import { Problems } from "./problems";
import { useImportMoves } from "./queries";
import { type ChooseOptions, UnknownOptions } from "./unknown-options";

export function CheckStep({
  view,
  checking,
  onBack,
  onOptions,
}: {
  view: ImportView;
  checking: boolean;
  onBack: () => void;
  onOptions: ChooseOptions;
}) {
  const may = useMay("rep");
  const { commit } = useImportMoves(view.id);
  const takes = view.counts.created + view.counts.updated;
  const ready = !checking && view.state === "checked";
  // Rows behind those that were looked at first may show that a column says who has opted out.
  const asked = view.columns.filter((column) => column.opt_out_question);
  const mayImport = ready && takes > 0 && !asked.length;
  useKeys({ "mod+Enter": () => may && mayImport && commit.mutate() });
  return (
    <>
      <Scroll>
        <div className="grid max-w-275 gap-8 p-6 max-lg:p-4 lg:grid-cols-[minmax(0,440px)_minmax(0,1fr)]">
          <section aria-label="Preview">
            <Heading note="nothing is saved yet">Preview</Heading>
            {checking ? <LoadingRows rows={5} label="Checking all rows" /> : <CountsList counts={view.counts} />}
            {ready && asked.length ? (
              <p role="status" className="mt-3 rounded-panel border bg-warm-soft p-3.5">
                {asked.map((column) => `“${column.header}”`).join(", ")} may say who has opted out. Go back to the
                columns and say whether {asked.length === 1 ? "it does" : "they do"}.
              </p>
            ) : null}
            {ready ? <UnknownOptions view={view} may={may} onChoose={onOptions} /> : null}
            {commit.error ? (
              <div className="mt-3">
                <FormProblem problem={asProblem(commit.error)} />
              </div>
            ) : null}
          </section>
          {ready ? <Problems view={view} /> : null}
        </div>
      </Scroll>
      {may ? (
        <footer className="flex h-row-bar shrink-0 items-center justify-end gap-2 border-t px-6 max-lg:px-4">
          <Button kind="quiet" onClick={onBack} disabled={checking}>
            Back to columns
          </Button>
          <Button
            kind="primary"
            hint={keyCaps("mod+Enter")[0]}
            busy={commit.isPending}
            disabled={!mayImport}
            onClick={() => commit.mutate()}
          >
            {ready ? `Import ${plural(takes, "lead")}` : "Checking"}
          </Button>
        </footer>
      ) : null}
    </>
  );
}
