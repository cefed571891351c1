// Runs before each test file. Files share modules and a document, so each test is cleaned up after: its pages are closed, its
// session has ended, and what it stored is gone.
import { configure } from "@testing-library/dom";
import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";
import { endSession } from "@/api/session";

// What is awaited takes milliseconds; the second that is the default has passed on loaded machines.
configure({ asyncUtilTimeout: 15_000 });

/** The browser's database, which there is none of here. */
const database = vi.hoisted(() => new Map<string, unknown>());
vi.mock("idb-keyval", () => ({
  get: async (key: string) => database.get(key),
  set: async (key: string, value: unknown) => void database.set(key, value),
  del: async (key: string) => void database.delete(key),
}));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  endSession();
  localStorage.clear();
  sessionStorage.clear();
  database.clear();
  document.body.replaceChildren();
});
