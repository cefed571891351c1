// Before each test file: a clean document and storage.
import { afterEach } from "vitest";

afterEach(() => {
  localStorage.clear();
  document.body.replaceChildren();
});
