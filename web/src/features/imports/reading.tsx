// How the file is read: what was left out above its header, and its encoding, which a user can choose.
import { asProblem } from "@/api/errors";
import { Field } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { cx } from "@/shared/lib/cx";
import { Select } from "@/shared/ui/select";
import { ENCODINGS, encodingWords } from "./encodings";
import type { ImportView } from "./model";
import { useRedetect } from "./queries";

export function Reading({ view, may }: { view: ImportView; may: boolean }) {
  const redetect = useRedetect(view.id);
  const format = view.format;
  if (format?.format !== "csv") return null;
  const unsure = format.encoding_sure === false;
  return (
    <>
      {format.lines_above ? <p className="text-ink-2">{aboveWords(format.lines_above)}</p> : null}
      <div className={cx(unsure && "rounded-control bg-warm-soft px-3 py-2 text-warm-ink")}>
        {unsure ? (
          <p className="mb-2">
            The file does not say which alphabet it uses. It is read as {encodingWords(format.encoding)}. If the values
            look wrong, choose another encoding.
          </p>
        ) : null}
        <Field label="Text encoding">
          <Select
            value={format.encoding as (typeof ENCODINGS)[number]["value"]}
            options={ENCODINGS}
            disabled={!may || redetect.isPending}
            onValue={(encoding) => redetect.mutate(encoding)}
            className="w-full"
          />
        </Field>
      </div>
      {redetect.error ? <FormProblem problem={asProblem(redetect.error)} /> : null}
    </>
  );
}

/** "Lines 1 to 3 stand above the header and are not imported." */
export const aboveWords = (lines: number) =>
  lines === 1
    ? "Line 1 stands above the header and is not imported."
    : `Lines 1 to ${lines} stand above the header and are not imported.`;
