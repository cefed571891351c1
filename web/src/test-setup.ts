// Before each test file: a clean document and storage, and the patience for a machine that does much else.
import { configure } from "@testing-library/dom";
import { afterEach } from "vitest";

// What is awaited takes milliseconds; the second that is the default has passed on loaded machines.
configure({ asyncUtilTimeout: 15_000 });

afterEach(() => {
  localStorage.clear();
  document.body.replaceChildren();
});
