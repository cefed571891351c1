// A helper for tests: one page at its address, with given answers of the API in place of a server.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { startSession } from "@/api/session";
import type { Schema } from "@/api/types";
import { Toasts } from "@/shared/ui/toast";

export interface Sent {
  method: string;
  path: string;
  query: string;
  body: Record<string, unknown>;
}

// Loaded when first opened: not in a test's time.
import "@/shared/ui/dialog-parts";

export const refusal = (status: number, problem: object) => new Response(JSON.stringify(problem), { status });

/** The requests that the frame makes on every page. */
const SETTINGS = { default_zone: "Europe/London", sending: { state: "running" } };

/** Answers by `METHOD /path`, looked up for each request; a request without one gets an empty list. */
export function renderPage(
  Page: () => ReactNode,
  route: string,
  at: string,
  answers: Record<string, unknown>,
  role: Schema["Role"] = "owner",
  sees: Schema["SeenLeads"] = "all",
) {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    const text = await request.text();
    const key = `${request.method} ${url.pathname}`;
    if (request.method !== "GET" || url.search)
      sent.push({ method: request.method, path: url.pathname, query: url.search, body: text ? JSON.parse(text) : {} });
    const answer = (await answers[key]) ?? (key === "GET /api/settings" ? SETTINGS : undefined);
    return answer instanceof Response
      ? answer.clone()
      : new Response(JSON.stringify(answer ?? { items: [] }), { headers: { "content-type": "application/json" } });
  });
  startSession({
    access_token: "token",
    refresh_token: "refresh",
    expires_in: 900,
    user: {
      id: "user_1",
      name: "Maya Okafor",
      email: "maya@example.test",
      role,
      email_proof: "proven",
      phone_proven: false,
      workspaces: 1,
    },
    workspace: { id: "ws_1", name: "Northquay", country: "GB", currency: "GBP", zone: "Europe/London" },
    sees,
    second_factor_needed: false,
  });
  const root = createRootRoute();
  const app = createRoute({
    getParentRoute: () => root,
    id: "app",
    component: () => (
      <>
        <Outlet />
        <Toasts />
      </>
    ),
  });
  const page = createRoute({ getParentRoute: () => app, path: route, component: Page });
  const other = createRoute({ getParentRoute: () => app, path: "/elsewhere", component: () => <p>Elsewhere</p> });
  const router = createRouter({
    routeTree: root.addChildren([app.addChildren([page, other])]),
    history: createMemoryHistory({ initialEntries: [at] }),
  });
  const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={cache}>
      {/* The app's own type of router knows more routes. */}
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
  return { sent, cache, go: (to: string) => router.history.push(to) };
}
