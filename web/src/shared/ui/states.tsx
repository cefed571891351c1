// Loading, empty and error are three different screens.
import { CloudOff } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { asProblem } from "@/api/errors";
import { cx } from "@/shared/lib/cx";
import { Button, buttonStyle } from "./button";

export function Bar({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cx("block h-2 rounded-full bg-sunken dark:bg-line", className)} />;
}

/** The outline of the page as grey bars. */
export function LoadingRows({ rows = 8, label = "Loading" }: { rows?: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="divide-y border-y">
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="flex h-9 items-center gap-8 px-6 max-sm:h-[60px]">
          <Bar className={i % 3 === 0 ? "w-24" : i % 3 === 1 ? "w-32" : "w-20"} />
          <Bar className={i % 2 === 0 ? "w-36" : "w-28"} />
          <Bar className="w-10" />
          <Bar className="w-24 max-sm:hidden" />
        </div>
      ))}
    </div>
  );
}

export function Empty({
  title,
  children,
  actions,
  className,
}: {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cx("m-6 max-w-form rounded-panel border border-line bg-surface p-5 max-sm:m-4", className)}>
      <h2 className="font-semibold">{title}</h2>
      {children ? <div className="mt-0.5 text-ink-2">{children}</div> : null}
      {actions ? <div className="mt-3 flex flex-wrap gap-2">{actions}</div> : null}
    </div>
  );
}

/** What the server refuses to this user: asking again would not help. */
const REFUSED = ["forbidden", "own_leads_only"];

/** The page is for others: why, and the way back. */
export function NoAccess({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div
      role="alert"
      className={cx("m-6 max-w-form rounded-panel border border-line bg-surface p-5 max-sm:m-4", className)}
    >
      <h2 className="font-semibold">You don't have access to this page</h2>
      <p className="mt-0.5 break-words text-ink-2">{children}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button kind="primary" onClick={() => history.back()}>
          Go back
        </Button>
        <a href="/" className={buttonStyle({})}>
          Go to Today
        </a>
      </div>
    </div>
  );
}

/** An error: what happened, what is safe, what to do. */
export function ErrorState({
  what,
  error,
  retry,
  className,
}: {
  what: string;
  error: unknown;
  retry?: () => void;
  className?: string;
}) {
  const problem = asProblem(error);
  const [copied, setCopied] = useState(false);
  const details = [what, `${problem.status} ${problem.code}`, problem.detail, problem.requestId]
    .filter(Boolean)
    .join("\n");
  if (problem.status === 403 && REFUSED.includes(problem.code))
    return <NoAccess className={className}>{problem.detail}</NoAccess>;
  return (
    <div
      role="alert"
      className={cx("m-6 max-w-form rounded-panel border border-line bg-surface p-5 max-sm:m-4", className)}
    >
      <h2 className="flex items-center gap-2 font-semibold">
        {problem.code === "unreachable" ? <CloudOff size={16} aria-hidden="true" /> : null}
        {what}
      </h2>
      <p className="mt-0.5 break-words text-ink-2">{problem.detail} Your saved data is safe.</p>
      <div className="mt-3 flex flex-wrap gap-2">
        {retry ? (
          <Button kind="primary" onClick={retry}>
            Try again
          </Button>
        ) : null}
        <Button
          kind="quiet"
          onClick={() => {
            void navigator.clipboard?.writeText(details).then(() => setCopied(true));
          }}
        >
          {copied ? "Copied" : "Copy details"}
        </Button>
      </div>
      {problem.requestId ? <p className="mt-2 text-meta text-ink-3">Request {problem.requestId}</p> : null}
    </div>
  );
}

/** The object does not exist, and asking again would not help. */
function Gone({ what }: { what: string }) {
  return (
    <div role="alert" className="m-6 max-w-form max-sm:m-4">
      <h2 className="text-person font-semibold">{what} does not exist</h2>
      <p className="mt-1 text-ink-2">It may have been deleted, or the link is outdated.</p>
      <Button className="mt-3" onClick={() => history.back()}>
        Go back
      </Button>
    </div>
  );
}

interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/**
 * Whether each has its answer or none, or had it once: what was shown stays while one of them is asked again. `about`: whose
 * answers they are, where a page goes from one to another.
 */
export function useTogether(queries: { isPending: boolean }[], about = "all"): boolean {
  const shown = useRef<string>(undefined);
  if (queries.every((query) => !query.isPending)) shown.current = about;
  return shown.current === about;
}

/**
 * Parts below one another appear together, when each has its answer or an error: nothing is moved by a part above it.
 */
export function Together({
  queries,
  what,
  children,
}: {
  queries: { isPending: boolean }[];
  what: string;
  children: ReactNode;
}) {
  return <>{useTogether(queries) ? children : <LoadingRows label={`Loading ${what.toLowerCase()}`} />}</>;
}

/** Shows one of the three states, or the data. */
export function Loaded<T>({
  query,
  what,
  loading,
  page,
  children,
}: {
  query: QueryLike<T>;
  what: string;
  loading?: ReactNode;
  /** The page is about this object alone: if it does not exist, there is no page. */
  page?: boolean;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (page && query.error && asProblem(query.error).status === 404) return <Gone what={what} />;
  if (query.error)
    return <ErrorState what={`${what} did not load`} error={query.error} retry={() => query.refetch()} />;
  return <>{loading ?? <LoadingRows label={`Loading ${what.toLowerCase()}`} />}</>;
}
