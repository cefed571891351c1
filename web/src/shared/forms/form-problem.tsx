// What the server said about the whole form, when no shown field carries it.
import type { ApiProblem } from "@/api/errors";

export function FormProblem({ problem, fields = [] }: { problem?: ApiProblem; fields?: readonly string[] }) {
  if (!problem) return null;
  const shown = problem.errors.length > 0 && problem.errors.every((e) => fields.includes(e.field));
  if (shown) return null;
  return (
    <div role="alert" className="rounded-control bg-bad-soft px-3 py-2 text-bad-ink">
      {problem.detail}
      {problem.requestId && problem.status >= 500 ? (
        <span className="block text-meta">Request {problem.requestId}</span>
      ) : null}
    </div>
  );
}
