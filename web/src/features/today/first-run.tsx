// An empty workspace: ways to add the first leads, and the guide to the first e-mail.
import { Link, useNavigate } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { droppedFile } from "@/app/dropped-file";
import { Scroll } from "@/app/shell/page";
import { cx } from "@/shared/lib/cx";
import { Button, buttonStyle } from "@/shared/ui/button";
import { Guide } from "./guide";

export function FirstRun() {
  const may = useMay("rep");
  return (
    <Scroll>
      <div className="mx-auto max-w-[1060px] py-10 max-sm:py-6">
        <div className="px-6 max-lg:px-4">
          <h2 className="text-figure font-semibold">Add your first leads</h2>
          <p className="mt-1 text-ink-2">Nothing is sent until you connect a mailbox and launch a campaign.</p>
          <div className="mt-6 grid border-t border-b md:grid-cols-2">
            <section aria-label="Import a file" className="border-accent border-l-[3px] bg-canvas p-6">
              <h3 className="mb-4 text-title font-semibold">Import a file</h3>
              {may ? <DropZone /> : <p className="text-ink-2">Ask a rep to import files.</p>}
              <p className="mt-3 text-ink-2">
                Columns are recognised automatically, and you preview every row before it is saved.
              </p>
            </section>
            <section aria-label="Add one by hand" className="p-6 max-md:border-t md:border-l">
              <h3 className="mb-4 text-title font-semibold">Add one by hand</h3>
              <p className="text-ink-2">
                Enter a name and an e-mail address or phone number. Enrichment fills in the rest.
              </p>
              <Link to="/leads" hash="add" className={buttonStyle({ kind: "outline", className: "mt-3" })}>
                Add a lead
              </Link>
            </section>
          </div>
        </div>
        <div className="mt-6">
          <Guide leads={0} />
        </div>
      </div>
    </Scroll>
  );
}

const allow = (e: Event) => e.preventDefault();

function DropZone() {
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (file: File | undefined) => {
    if (!file) return;
    droppedFile.set(file);
    void navigate({ to: "/import" });
  };
  // A file that narrowly misses the drop zone must not make the browser open it instead of the app.
  useEffect(() => {
    addEventListener("dragover", allow);
    addEventListener("drop", allow);
    return () => {
      removeEventListener("dragover", allow);
      removeEventListener("drop", allow);
    };
  }, []);
  return (
    <section
      aria-label="Drop a file"
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e: DragEvent) => {
        e.preventDefault();
        setOver(false);
        take(e.dataTransfer.files[0]);
      }}
      className={cx(
        "flex min-h-37.5 flex-col items-center justify-center gap-2 rounded-panel border border-dashed p-4 text-center",
        over ? "border-accent bg-accent-soft" : "border-accent bg-raised",
      )}
    >
      <FileUp size={22} aria-hidden="true" className="text-accent" />
      <p className="font-medium">Drop a CSV or JSON file</p>
      <p className="flex items-center gap-2 text-ink-2">
        or
        <Button onClick={() => input.current?.click()}>Choose file</Button>
      </p>
      <input
        ref={input}
        type="file"
        aria-label="File to import"
        accept=".csv,.tsv,.txt,.json,text/csv,application/json"
        className="sr-only"
        tabIndex={-1}
        onChange={(e) => take(e.target.files?.[0])}
      />
    </section>
  );
}
