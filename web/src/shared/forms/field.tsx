// A labelled field with its help and its error, wired for assistive tech.
import { CircleAlert } from "lucide-react";
import {
  cloneElement,
  type InputHTMLAttributes,
  type ReactElement,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import { cx } from "@/shared/lib/cx";

interface Wired {
  id?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}

export function Field({
  label,
  help,
  error,
  aside,
  children,
  className,
}: {
  label: ReactNode;
  help?: ReactNode;
  error?: string;
  aside?: ReactNode;
  children: ReactElement<Wired>;
  className?: string;
}) {
  const id = useId();
  const describedBy = error ? `${id}-error` : help ? `${id}-help` : undefined;
  return (
    <div className={cx("min-w-0", className)}>
      <div className="mb-1 flex items-baseline justify-between gap-2">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {aside ? <span className="text-meta text-ink-3">{aside}</span> : null}
      </div>
      {cloneElement(children, { id, "aria-describedby": describedBy, "aria-invalid": error ? true : undefined })}
      {error ? (
        <p id={`${id}-error`} className="mt-1 flex items-start gap-1.5 text-bad-ink">
          <CircleAlert size={14} aria-hidden="true" className="mt-[3px] shrink-0" />
          {error}
        </p>
      ) : help ? (
        <p id={`${id}-help`} className="mt-1 text-meta text-ink-3">
          {help}
        </p>
      ) : null}
    </div>
  );
}

export const inputStyle =
  "w-full min-w-0 rounded-control border border-edge bg-raised px-2.5 text-ink disabled:opacity-60 aria-[invalid=true]:border-bad aria-[invalid=true]:ring-2 aria-[invalid=true]:ring-bad-soft";

export function Input({
  className,
  ref,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  return <input ref={ref} className={cx(inputStyle, "h-control max-sm:h-11", className)} {...rest} />;
}

export function TextArea({
  className,
  ref,
  ...rest
}: TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }) {
  return <textarea ref={ref} className={cx(inputStyle, "block py-2 text-msg", className)} {...rest} />;
}
