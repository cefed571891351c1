// The server's errors about the whole form, or about fields that the form does not show.
import type { ApiProblem } from "@/api/errors";
import { fieldWord } from "@/shared/lib/request-field";

/** Codes whose errors name what is in the way instead of fields; the detail contains all of it. */
const OF_NO_FIELD = ["sequence_in_use"];

export function FormProblem({ problem, fields = [] }: { problem?: ApiProblem; fields?: readonly string[] }) {
  if (!problem) return null;
  const errors = OF_NO_FIELD.includes(problem.code) ? [] : problem.errors;
  const rest = errors.filter((e) => !fields.includes(e.field));
  if (errors.length > 0 && rest.length === 0) return null;
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
