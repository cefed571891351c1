// What the server said about the whole form, or about fields that the form does not show.
import type { ApiProblem } from "@/api/errors";
import { fieldWord } from "@/shared/lib/labels";

export function FormProblem({ problem, fields = [] }: { problem?: ApiProblem; fields?: readonly string[] }) {
  if (!problem) return null;
  const rest = problem.errors.filter((e) => !fields.includes(e.field));
  if (problem.errors.length > 0 && rest.length === 0) return null;
  return (
    <div role="alert" className="rounded-control bg-bad-soft px-3 py-2 text-bad-ink">
      {rest.length
        ? rest.map((e) => (
            <p key={`${e.field}${e.detail}`}>
              {fieldWord(e.field)}: {e.detail}
            </p>
          ))
        : problem.detail}
      {problem.requestId && problem.status >= 500 ? (
        <span className="block text-meta">Request {problem.requestId}</span>
      ) : null}
    </div>
  );
}
