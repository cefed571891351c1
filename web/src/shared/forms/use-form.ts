// A small form: values, the server's messages by field, one submit at a time.
import { type FormEvent, useCallback, useState } from "react";
import { type ApiProblem, asProblem } from "@/api/errors";

export interface Form<T extends object> {
  values: T;
  set: <K extends keyof T>(key: K, value: T[K]) => void;
  reset: (values: T) => void;
  /**
   * Clears the errors of a field and of all within it, because it was changed. `set` does the same for its own field.
   */
  mended: (field: string) => void;
  errors: Record<string, string>;
  problem?: ApiProblem;
  busy: boolean;
  dirty: boolean;
  submit: (event?: FormEvent) => Promise<boolean>;
}

export function useForm<T extends object>(
  initial: T,
  send: (values: T) => Promise<unknown>,
  check?: (values: T) => Record<string, string>,
): Form<T> {
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const [dirty, setDirty] = useState(false);

  const mended = useCallback((field: string) => {
    const within = (other: string) => other === field || other.startsWith(`${field}.`) || other.startsWith(`${field}[`);
    setErrors((old) => Object.fromEntries(Object.entries(old).filter(([other]) => !within(other))));
  }, []);

  const set = useCallback(
    <K extends keyof T>(key: K, value: T[K]) => {
      setValues((old) => ({ ...old, [key]: value }));
      setDirty(true);
      mended(String(key));
    },
    [mended],
  );

  const reset = useCallback((next: T) => {
    setValues(next);
    setErrors({});
    setProblem(undefined);
    setDirty(false);
  }, []);

  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (busy) return false;
    const found = check?.(values) ?? {};
    setErrors(found);
    setProblem(undefined);
    if (Object.keys(found).length) return false;
    setBusy(true);
    try {
      await send(values);
      setDirty(false);
      return true;
    } catch (error) {
      const p = asProblem(error);
      setErrors(p.byField());
      setProblem(p);
      return false;
    } finally {
      setBusy(false);
    }
  };

  return { values, set, reset, mended, errors, problem, busy, dirty, submit };
}
