import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { sessionFetch } from "./client";
import { asProblem, problemFrom } from "./errors";
import {
  accessToken,
  currentIdentity,
  endSession,
  recallSession,
  type Session,
  startSession,
  storedRefreshToken,
} from "./session";

const base = location.origin;
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const session = (access: string, refresh: string): Session => ({
  access_token: access,
  refresh_token: refresh,
  expires_in: 900,
  user: {
    id: "user_1",
    name: "Maya Okafor",
    email: "maya@example.test",
    role: "owner",
    email_proof: "proven",
    phone_proven: false,
    workspaces: 1,
  },
  workspace: { id: "ws_1", name: "Northquay", country: "GB", currency: "GBP", zone: "Europe/London" },
  sees: "all" as const,
  second_factor_needed: false,
});

beforeEach(() => startSession(session("old", "r1")));

test("many requests that meet an expired token refresh once and all succeed", async () => {
  let refreshes = 0;
  server.use(
    http.get(`${base}/api/leads`, ({ request }) =>
      request.headers.get("authorization") === "Bearer new"
        ? HttpResponse.json({ items: [] })
        : HttpResponse.json({ code: "unauthorized" }, { status: 401 }),
    ),
    http.post(`${base}/api/auth/refresh`, async ({ request }) => {
      refreshes++;
      expect(await request.json()).toEqual({ refresh_token: "r1" });
      return HttpResponse.json(session("new", "r2"));
    }),
  );
  const answers = await Promise.all([1, 2, 3].map(() => sessionFetch(new Request(`${base}/api/leads`))));
  expect(answers.map((a) => a.status)).toEqual([200, 200, 200]);
  expect(refreshes).toBe(1);
  expect(accessToken()).toBe("new");
  expect(storedRefreshToken()).toBe("r2");
});

test("a refused refresh ends the session, a broken server does not", async () => {
  server.use(
    http.get(`${base}/api/leads`, () => HttpResponse.json({}, { status: 401 })),
    http.post(`${base}/api/auth/refresh`, () => HttpResponse.json({}, { status: 503 })),
  );
  await expect(sessionFetch(new Request(`${base}/api/leads`))).rejects.toMatchObject({ status: 503 });
  expect(currentIdentity()?.workspace.name).toBe("Northquay");

  server.use(http.post(`${base}/api/auth/refresh`, () => HttpResponse.json({}, { status: 401 })));
  expect((await sessionFetch(new Request(`${base}/api/leads`))).status).toBe(401);
  expect(currentIdentity()).toBeUndefined();
  expect(storedRefreshToken()).toBeUndefined();
});

test("a reload goes on with the kept token while it lasts, and never after a sign-out", () => {
  expect(recallSession()?.user.name).toBe("Maya Okafor");
  startSession({ ...session("short", "r2"), expires_in: 20 });
  expect(recallSession()).toBeUndefined();
  startSession(session("long", "r3"));
  endSession();
  expect(recallSession()).toBeUndefined();
});

test("a POST carries one idempotency key, also when it is repeated after a refresh", async () => {
  const keys: (string | null)[] = [];
  server.use(
    http.post(`${base}/api/leads`, ({ request }) => {
      keys.push(request.headers.get("idempotency-key"));
      return request.headers.get("authorization") === "Bearer new"
        ? HttpResponse.json({ id: "lead_1" }, { status: 201 })
        : HttpResponse.json({}, { status: 401 });
    }),
    http.post(`${base}/api/auth/refresh`, () => HttpResponse.json(session("new", "r2"))),
  );
  await sessionFetch(new Request(`${base}/api/leads`, { method: "POST", body: "{}" }));
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(keys[1]).toBe(keys[0]);
});

test("signing in sends no token", async () => {
  endSession();
  server.use(
    http.post(`${base}/api/auth/login`, ({ request }) =>
      HttpResponse.json({ had: request.headers.get("authorization") }),
    ),
  );
  const answer = await sessionFetch(new Request(`${base}/api/auth/login`, { method: "POST", body: "{}" }));
  expect(await answer.json()).toEqual({ had: null });
});

test("no answer at all is a problem of its own", async () => {
  server.use(http.get(`${base}/api/leads`, () => HttpResponse.error()));
  await expect(sessionFetch(new Request(`${base}/api/leads`))).rejects.toMatchObject({
    code: "unreachable",
    status: 0,
  });
});

test("problem details become code, detail and messages by field", () => {
  const response = new Response(null, { status: 422, headers: { "retry-after": "3" } });
  const problem = problemFrom(response, {
    code: "invalid",
    detail: "Two fields are wrong",
    errors: [
      { field: "email", detail: "is not an address" },
      { field: "phone", detail: "is too short" },
      { nonsense: true },
    ],
    request_id: "req_7",
  });
  expect(problem.byField()).toEqual({ email: "is not an address", phone: "is too short" });
  expect(problem).toMatchObject({ status: 422, code: "invalid", requestId: "req_7", retryAfter: 3 });
  expect(problemFrom(new Response(null, { status: 422 }), { detail: "is empty", field: "name" }).byField()).toEqual({
    name: "is empty",
  });
});

test("an answer that is no problem document is survived", () => {
  expect(problemFrom(new Response(null, { status: 404 }), "<html>").detail).toContain("does not exist");
  expect(problemFrom(new Response(null, { status: 418 }), undefined).code).toBe("http_418");
  expect(asProblem(new TypeError("fetch failed")).code).toBe("unreachable");
});
