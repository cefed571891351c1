// Refusals of the API as one typed error.

export interface FieldProblem {
  field: string;
  detail: string;
}

/** RFC 9457 problem details, with our `code`, `field`, `errors` and `request_id`. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
  readonly errors: FieldProblem[];
  readonly requestId?: string;
  readonly retryAfter?: number;

  constructor(init: {
    status: number;
    code: string;
    detail: string;
    field?: string;
    errors?: FieldProblem[];
    requestId?: string;
    retryAfter?: number;
  }) {
    super(init.detail);
    this.name = "ApiProblem";
    this.status = init.status;
    this.code = init.code;
    this.detail = init.detail;
    this.field = init.field;
    this.errors = init.errors ?? (init.field ? [{ field: init.field, detail: init.detail }] : []);
    this.requestId = init.requestId;
    this.retryAfter = init.retryAfter;
  }

  /** Messages by field name, for forms. */
  byField(): Record<string, string> {
    const out: Record<string, string> = {};
    for (const e of this.errors) out[e.field] ??= e.detail;
    return out;
  }
}

const FALLBACK: Record<number, string> = {
  401: "You are signed out. Sign in again.",
  403: "Your role does not allow this.",
  404: "This does not exist in your workspace.",
  409: "Someone else changed this. Reload and try again.",
  413: "This is too large.",
  429: "Too many requests. Wait a moment, then try again.",
};

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Builds the error from a refused response; a body that is no problem document is tolerated. */
export function problemFrom(response: Response, body: unknown): ApiProblem {
  const doc = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const errors = Array.isArray(doc.errors)
    ? doc.errors.flatMap((e: unknown) => {
        const row = e as Record<string, unknown> | null;
        const field = text(row?.field);
        const detail = text(row?.detail);
        return field && detail ? [{ field, detail }] : [];
      })
    : undefined;
  const retry = Number(response.headers.get("retry-after"));
  return new ApiProblem({
    status: response.status,
    code: text(doc.code) ?? `http_${response.status}`,
    detail:
      text(doc.detail) ??
      text(doc.title) ??
      FALLBACK[response.status] ??
      `The server answered ${response.status}. Nothing was changed on this page.`,
    field: text(doc.field),
    errors: errors?.length ? errors : undefined,
    requestId: text(doc.request_id) ?? response.headers.get("x-request-id") ?? undefined,
    retryAfter: Number.isFinite(retry) && retry > 0 ? retry : undefined,
  });
}

/** The request got no answer. */
export function unreachable(): ApiProblem {
  return new ApiProblem({
    status: 0,
    code: "unreachable",
    detail: "The server did not respond. Check your connection, then try again.",
  });
}

export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof TypeError) return unreachable();
  return new ApiProblem({
    status: 0,
    code: "client_error",
    detail: error instanceof Error ? error.message : "Something went wrong on this page.",
  });
}
