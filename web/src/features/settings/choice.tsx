// A setting with a few choices: saved at once, with Undo in the toast.
import { Field } from "@/shared/forms/field";
import { type Option, Select } from "@/shared/ui/select";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type SettingsChanges, useChangeSettings } from "./queries";

/** `change` sends this setting alone, so that two settings changed at once do not overwrite each other. */
export function Choice<T extends string>({
  label,
  help,
  value,
  options,
  change,
}: {
  label: string;
  help: string;
  value: T;
  options: Option<T>[];
  change: (value: T) => SettingsChanges;
}) {
  const { mutate, mutateAsync } = useChangeSettings();
  const choose = (chosen: T) =>
    mutate(change(chosen), {
      onSuccess: () => toast("Saved", { undo: () => mutateAsync(change(value)) }),
      onError: (error) => toastProblem("Could not save the change", error),
    });
  return (
    <div className="max-w-85 pt-4">
      <Field label={label} help={help}>
        <Select value={value} options={options} onValue={choose} className="w-full" />
      </Field>
    </div>
  );
}
