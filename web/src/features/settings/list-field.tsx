// A setting that is a list: one entry per line, or countries; saved with a button.
import { useState } from "react";
import { CountriesInput } from "@/shared/forms/countries-input";
import { Field, TextArea } from "@/shared/forms/field";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type SettingsChanges, useChangeSettings } from "./queries";

/** The entries of a text: one per line, or with commas. */
export const entriesOf = (text: string) =>
  text
    .split(/[\s,;]+/)
    .map((entry) => entry.trim())
    .filter(Boolean);

export function ListField({
  title,
  help,
  saved,
  change: changed,
  countries,
}: {
  title: string;
  help: string;
  saved: string[];
  /** Sends this list alone, so that two settings changed at once do not overwrite each other. */
  change: (entries: string[]) => SettingsChanges;
  /** The entries are countries, which are chosen from their list. */
  countries?: boolean;
}) {
  const change = useChangeSettings();
  const [text, setText] = useState(saved.join("\n"));
  const [known, setKnown] = useState(saved);
  if (known !== saved) {
    setKnown(saved);
    setText(saved.join("\n"));
  }
  const entries = entriesOf(text);
  const same = entries.join() === saved.join();
  return (
    <section aria-label={title} className="space-y-2">
      <Field label={title} help={help}>
        {countries ? (
          <CountriesInput values={entries} onValues={(codes) => setText(codes.join("\n"))} />
        ) : (
          <TextArea rows={3} value={text} maxLength={4000} onChange={(e) => setText(e.target.value)} />
        )}
      </Field>
      <Button
        kind="primary"
        disabled={same}
        busy={change.isPending}
        onClick={() =>
          change.mutate(changed(entries), {
            onSuccess: () => toast(`${title} saved`),
            onError: (error) => toastProblem(`Could not save: ${title.toLowerCase()}`, error),
          })
        }
      >
        Save {title.toLowerCase()}
      </Button>
    </section>
  );
}
