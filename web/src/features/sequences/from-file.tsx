// Opens a sequence from a downloaded file, as an unsaved draft.
import { useNavigate } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { useRef, useState } from "react";
import { useCommands } from "@/app/commands/registry";
import { keepEdits } from "@/shared/editor/kept-edits";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toastProblem } from "@/shared/ui/toast";
import { type Edits, editsOf } from "./kept";

export function useFromFile(may: boolean) {
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState<{ file: string; problems: string[] }>();
  const choose = () => input.current?.click();
  const open = async (file: File) => {
    try {
      const { readFile } = await import("./sequence-file");
      const read = await readFile(file);
      if ("problems" in read) return setWrong({ file: file.name, problems: read.problems });
      keepEdits<Edits>(editsOf(undefined, "file"), { draft: read.draft, file: file.name });
      setWrong(undefined);
      void navigate({ to: "/sequences/$id", params: { id: "new" }, search: { from: "file" } });
    } catch (error) {
      toastProblem("Could not open the file", error);
    }
  };
  useCommands(
    may
      ? [{ id: "from-file", title: "Open a sequence from a file", group: "This page", icon: FileUp, run: choose }]
      : [],
  );
  const button = (
    <Button icon={<FileUp size={15} />} onClick={choose}>
      Open file
    </Button>
  );
  const parts = (
    <>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        aria-label="Sequence file"
        tabIndex={-1}
        className="sr-only"
        onChange={(e) => {
          const [file] = e.target.files ?? [];
          // The same file can be chosen again once it is fixed.
          e.target.value = "";
          if (file) void open(file);
        }}
      />
      <Dialog
        open={!!wrong}
        onClose={() => setWrong(undefined)}
        title="Could not open the file"
        description={wrong?.file}
        footer={
          <>
            <Button kind="primary" onClick={choose}>
              Choose another file
            </Button>
            <Button kind="quiet" onClick={() => setWrong(undefined)}>
              Close
            </Button>
          </>
        }
      >
        <div role="alert">
          <ul className="space-y-1.5">
            {wrong?.problems.map((problem) => (
              <li key={problem} className="[overflow-wrap:anywhere]">
                {problem}
              </li>
            ))}
          </ul>
        </div>
        <p className="mt-3 text-ink-2">No sequence was created.</p>
      </Dialog>
    </>
  );
  return { button, parts };
}
