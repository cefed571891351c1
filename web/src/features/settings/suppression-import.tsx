// Puts a pasted list or a file on the suppression list, in parts, and tells of each line what was done.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useRef, useState } from "react";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import { Field, TextArea } from "@/shared/forms/field";
import { count, phone, plural } from "@/shared/lib/format";
import { Breakable } from "@/shared/ui/breakable";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Row, Table, Td, Th } from "@/shared/ui/table";

type LineResult = Schema["LineResult"];
type Outcome = Schema["LineOutcome"];

/** The lines of one request. */
const PART = 500;
/** A longer file is no list of addresses. */
const LARGEST_FILE = 5_000_000;

const OUTCOMES: Record<Exclude<Outcome, "skipped">, string> = {
  refused: "Not added",
  added: "Added",
  already_listed: "Was on the list",
  repeated: "Named above",
};

/** What was done, in the order of the lines; a part that failed ends it, and what follows was not sent. */
interface Done {
  results: LineResult[];
  /** The first line that was not sent, with the reason. */
  stopped?: { line: number; why: string };
}

/** Sends the lines in parts. What was done before a failure stays done, and the answer says where to go on. */
export async function sendLines(lines: string[], onPart: (sent: number) => void): Promise<Done> {
  const results: LineResult[] = [];
  for (let from = 0; from < lines.length; from += PART) {
    const body = { lines: lines.slice(from, from + PART), first_line: from + 1 };
    try {
      const part = await unwrap(client.POST("/api/settings/suppressions/import", { body }));
      results.push(...part.items);
    } catch (error) {
      return { results, stopped: { line: from + 1, why: asProblem(error).message } };
    }
    onPart(Math.min(from + PART, lines.length));
  }
  return { results: namedAbove(results) };
}

/** A value that an earlier part has added was not on the list before. */
function namedAbove(results: LineResult[]): LineResult[] {
  const added = new Set<string>();
  return results.map((one) => {
    const key = `${one.scope}-${one.value}`;
    if (one.outcome === "added") added.add(key);
    return one.outcome === "already_listed" && added.has(key) ? { ...one, outcome: "repeated" } : one;
  });
}

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [sent, setSent] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const cache = useQueryClient();
  const lines = text.split(/\r\n|\n|\r/);
  while (lines.length && !lines[lines.length - 1]?.trim()) lines.pop();
  const send = useMutation({
    mutationFn: () => sendLines(lines, setSent),
    onSettled: () => cache.invalidateQueries({ queryKey: ["suppression"] }),
  });
  const open = async (file: File) => {
    setWrong(undefined);
    if (file.size > LARGEST_FILE) setWrong(`${file.name} is larger than 5 MB. Nothing was added.`);
    else setText((await file.text()).replace(/^\uFEFF/, ""));
  };
  const done = send.data;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Import into the suppression list"
      description="Nothing is sent to what is on the list, and running campaigns end for its leads."
      footer={
        done && !done.stopped ? (
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        ) : (
          <>
            <Button kind="primary" busy={send.isPending} disabled={!lines.length} onClick={() => send.mutate()}>
              {done ? "Send all lines again" : `Add ${plural(lines.length, "line")}`}
            </Button>
            <Button kind="quiet" onClick={onClose}>
              Cancel
            </Button>
          </>
        )
      }
    >
      {done ? (
        <Results done={done} />
      ) : (
        <>
          <Field
            label="Addresses, numbers or domains"
            help="One a line. In a row with several columns the e-mail address counts, without one the number, without both the domain."
            error={wrong}
          >
            <TextArea rows={8} value={text} onChange={(e) => setText(e.target.value)} disabled={send.isPending} />
          </Field>
          <input
            ref={input}
            type="file"
            accept=".csv,.txt,text/csv,text/plain"
            aria-label="File with addresses, numbers or domains"
            tabIndex={-1}
            className="sr-only"
            onChange={(e) => {
              const [file] = e.target.files ?? [];
              e.target.value = "";
              if (file) void open(file);
            }}
          />
          <Button size="sm" icon={<FileUp size={14} />} className="mt-2" onClick={() => input.current?.click()}>
            Choose a file
          </Button>
          {send.isPending ? (
            <p role="status" className="mt-2 text-meta text-ink-2">
              {count(sent)} of {plural(lines.length, "line")} done
            </p>
          ) : null}
        </>
      )}
    </Dialog>
  );
}

/** The counts, then what needs a look first: the lines that were not added. */
function Results({ done }: { done: Done }) {
  const of = (outcome: Outcome) => done.results.filter((one) => one.outcome === outcome);
  const kinds = Object.keys(OUTCOMES) as (keyof typeof OUTCOMES)[];
  const rows = kinds.flatMap(of).slice(0, 200);
  const all = kinds.reduce((sum, kind) => sum + of(kind).length, 0);
  return (
    <>
      {done.stopped ? (
        <p role="alert" className="mb-2 text-bad-ink">
          Line {count(done.stopped.line)} and those after it were not added: {done.stopped.why} The lines before it are
          done. You can send all of them again: nothing is added twice.
        </p>
      ) : null}
      <p role="status" className="mb-2">
        {plural(of("added").length, "entry", "entries")} added, {count(of("refused").length)} not added,{" "}
        {count(of("already_listed").length)} on the list before, {count(of("repeated").length)} named twice.
      </p>
      <Table
        caption={all > rows.length ? `The first ${count(rows.length)} of ${count(all)} results` : "Each line"}
        head={
          <>
            <Th>Line</Th>
            <Th>Value</Th>
            <Th>Result</Th>
          </>
        }
      >
        {rows.map((one, at) => (
          <Row key={at} className="border-b">
            <Td className="pr-3 pl-2 text-ink-2">{count(one.line)}</Td>
            <Td className="pr-3 [overflow-wrap:anywhere]">
              <Breakable text={one.value ? phone(one.value) : one.text} />
            </Td>
            <Td className={one.outcome === "refused" ? "text-bad-ink" : "text-ink-2"}>
              {OUTCOMES[one.outcome as keyof typeof OUTCOMES]}
              {one.problem ? `: ${one.problem}` : ""}
            </Td>
          </Row>
        ))}
      </Table>
    </>
  );
}
