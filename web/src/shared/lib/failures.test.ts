import { expect, test } from "vitest";
import { type Failure, failureWords } from "./failures";

test("a class is told in words, with what the provider said", () => {
  const failure: Failure = { class: "hard_unknown_user", code: "550 5.1.1", detail: "550 5.1.1 No such user here" };
  expect(failureWords(failure)).toBe("unknown address or number (550 5.1.1 No such user here)");
});

test("a code that says more is told as well, with its number where the provider did not say it", () => {
  expect(failureWords({ class: "blocked_policy", code: "30007", detail: "the provider reports undelivered" })).toBe(
    "refused by the recipient's policy, filtered by their carrier (30007, the provider reports undelivered)",
  );
  expect(failureWords({ class: "hard_domain", code: "5.1.2", detail: "" })).toBe(
    "the domain does not accept mail, the domain does not exist (5.1.2)",
  );
  expect(failureWords({ class: "blocked_policy", code: "403 security_error", detail: "Blocked" })).toBe(
    "refused by the recipient's policy, judged a security risk (403 security_error, Blocked)",
  );
});

test("a failure without a code and a detail is its class in words", () => {
  expect(failureWords({ class: "not_allowed", code: null, detail: "" })).toBe("sending to them is not allowed");
  expect(failureWords({ class: "not_allowed", code: null, detail: "address_suppressed" })).toBe(
    "sending to them is not allowed (on the suppression list)",
  );
});
