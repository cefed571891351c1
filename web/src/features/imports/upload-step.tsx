// Choosing the file, and the imports made before.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { type ApiProblem, asProblem } from "@/api/errors";
import { useMay } from "@/app/auth/use-may";
import { droppedFile } from "@/app/dropped-file";
import { Scroll } from "@/app/shell/page";
import { FormProblem } from "@/shared/forms/form-problem";
import { cx } from "@/shared/lib/cx";
import { ago, bytes, count, plural } from "@/shared/lib/format";
import { useLatest } from "@/shared/lib/hooks";
import { type DotTone, State } from "@/shared/ui/badge";
import { Button, buttonStyle } from "@/shared/ui/button";
import { ProgressBar } from "@/shared/ui/progress";
import { Heading } from "@/shared/ui/section";
import { Empty } from "@/shared/ui/states";
import type { ImportState, ImportView } from "./model";
import { detect, ImportedBefore, importsQuery, upload } from "./queries";

export const STATE_WORDS: Record<ImportState, { word: string; tone: DotTone }> = {
  uploading: { word: "Upload failed", tone: "wait" },
  mapped: { word: "Map columns", tone: "open" },
  checked: { word: "Checked, not imported", tone: "open" },
  committing: { word: "Importing", tone: "accent" },
  done: { word: "Imported", tone: "good" },
  failed: { word: "Failed", tone: "bad" },
};

export function UploadStep({ onMade, unfinished }: { onMade: (id: string) => void; unfinished?: ImportView }) {
  const may = useMay("rep");
  const input = useRef<HTMLInputElement>(null);
  const cache = useQueryClient();
  const [over, setOver] = useState(false);
  const [progress, setProgress] = useState<{ name: string; size: number; part: number }>();
  const [problem, setProblem] = useState<ApiProblem>();
  const [repeat, setRepeat] = useState<ImportedBefore>();
  const before = useQuery(importsQuery);
  const take = async (file: File | undefined) => {
    if (!may || !file || progress) return;
    setProblem(undefined);
    setRepeat(undefined);
    setProgress({ name: file.name, size: file.size, part: 0 });
    try {
      const made = await upload(file, (part) => setProgress({ name: file.name, size: file.size, part }));
      cache.setQueryData(["imports", "one", made.id], made);
      void cache.invalidateQueries({ queryKey: ["imports", "list"] });
      onMade(made.id);
    } catch (error) {
      if (error instanceof ImportedBefore) setRepeat(error);
      else setProblem(asProblem(error));
    } finally {
      setProgress(undefined);
    }
  };
  // The file was dropped on another page, which led here with it.
  const latest = useLatest(take);
  useEffect(() => {
    const file = droppedFile.get();
    droppedFile.set(undefined);
    void latest.current(file);
  }, [latest]);
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    void take(e.dataTransfer.files[0]);
  };
  const items = before.data?.items ?? [];
  return (
    <Scroll>
      <div className="max-w-table p-6 max-lg:p-4">
        {unfinished ? (
          <p className="mb-4 text-ink-2">
            “{unfinished.file_name}” was not uploaded completely, so nothing was imported.
            {may ? " Choose it again." : null}
          </p>
        ) : null}
        {may ? (
          <>
            <section
              aria-label="Drop a file"
              onDragOver={(e) => {
                e.preventDefault();
                setOver(true);
              }}
              onDragLeave={() => setOver(false)}
              onDrop={drop}
              className={cx(
                "flex min-h-55 flex-col items-center justify-center gap-2 rounded-panel border border-dashed px-4 py-8 text-center",
                over ? "border-accent bg-accent-soft" : "border-edge bg-raised",
              )}
            >
              {progress ? (
                <div className="w-full max-w-90">
                  <p className="mb-2 font-medium">Uploading {progress.name}</p>
                  <ProgressBar
                    label="Uploaded so far"
                    total={1}
                    parts={[{ value: progress.part, className: "bg-accent" }]}
                  />
                  <p className="mt-1 text-meta text-ink-2">
                    {bytes(progress.part * progress.size)} of {bytes(progress.size)}
                  </p>
                </div>
              ) : (
                <>
                  <FileUp size={22} aria-hidden="true" className="text-accent" />
                  <p className="font-medium">Drop a CSV or JSON file</p>
                  <p className="flex items-center gap-2 text-ink-2">
                    or
                    <Button onClick={() => input.current?.click()}>Choose file</Button>
                  </p>
                </>
              )}
              <input
                ref={input}
                type="file"
                aria-label="File to import"
                accept=".csv,.tsv,.txt,.json,text/csv,application/json"
                className="sr-only"
                tabIndex={-1}
                onChange={(e) => {
                  void take(e.target.files?.[0]);
                  e.target.value = "";
                }}
              />
            </section>
            <div className="mt-3">
              <FormProblem problem={problem} />
              {repeat ? (
                <div role="alert" className="rounded-control bg-warm-soft px-3 py-2 text-warm-ink">
                  <p>
                    {repeat.earlier
                      ? "This file was already imported, so nothing was changed."
                      : "Another team member has imported this file, so nothing was changed."}
                  </p>
                  <div className="mt-2 flex flex-wrap gap-2">
                    {repeat.earlier ? (
                      <Link
                        to="/import/$id"
                        params={{ id: repeat.earlier }}
                        className={buttonStyle({ kind: "outline", size: "sm" })}
                      >
                        View that import
                      </Link>
                    ) : null}
                    <Button
                      size="sm"
                      kind="quiet"
                      onClick={() =>
                        void detect(repeat.waiting, true)
                          .then((made) => onMade(made.id))
                          .catch((error) => {
                            setRepeat(undefined);
                            setProblem(asProblem(error));
                          })
                      }
                    >
                      Import again
                    </Button>
                  </div>
                </div>
              ) : null}
            </div>
            <p className="mt-3 text-ink-2">
              Columns are recognised automatically, and you preview every row before anything is saved. The same file is
              never imported twice by accident.
            </p>
          </>
        ) : (
          <p className="text-ink-2">Ask a rep to import files. Earlier imports and their results are listed here.</p>
        )}
        {items.length ? (
          <section aria-label="Earlier imports" className="mt-6">
            <Heading note={count(items.length)}>Earlier imports</Heading>
            <ul className="divide-y border-y">
              {items.map((i) => (
                <li key={i.id} className="flex min-h-9 flex-wrap items-center gap-x-4 py-1.5 max-sm:py-2.5">
                  <Link
                    to="/import/$id"
                    params={{ id: i.id }}
                    className="min-w-0 flex-1 truncate font-medium hover:underline max-sm:basis-full"
                  >
                    {i.file_name}
                  </Link>
                  <State tone={STATE_WORDS[i.state].tone} className="w-44 max-sm:w-auto">
                    {STATE_WORDS[i.state].word}
                  </State>
                  <span className="w-36 text-ink-2 max-sm:w-auto max-sm:flex-1">
                    {i.counts.created ? `${plural(i.counts.created, "new lead")}` : plural(i.counts.rows, "row")}
                  </span>
                  <span className="w-24 text-right text-ink-2 max-sm:w-auto">{ago(i.created_at)}</span>
                </li>
              ))}
            </ul>
          </section>
        ) : may || !before.isSuccess ? null : (
          <Empty title="No imports yet" />
        )}
      </div>
    </Scroll>
  );
}
