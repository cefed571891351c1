import { expect, test } from "vitest";
import { hasFields, segments } from "./sms";

test("SMS are counted as they are billed", () => {
  const counted = (text: string) => {
    const { encoding, units, count } = segments(text);
    return [encoding, units, count];
  };
  expect(counted("")).toEqual(["gsm7", 0, 0]);
  expect(counted("a".repeat(160))).toEqual(["gsm7", 160, 1]);
  expect(counted("a".repeat(161))).toEqual(["gsm7", 161, 2]);
  expect(counted("a".repeat(307))).toEqual(["gsm7", 307, 3]);
  expect(counted("€".repeat(80))).toEqual(["gsm7", 160, 1]);
  // 152 septets and the two of one sign: the sign moves to the next segment whole.
  expect(counted(`${"a".repeat(152)}€${"b".repeat(152)}`)).toEqual(["gsm7", 306, 3]);
  expect(counted("It’s")).toEqual(["ucs2", 4, 1]);
  expect(counted("’".repeat(71))).toEqual(["ucs2", 71, 2]);
  expect(counted("🐟".repeat(36))).toEqual(["ucs2", 72, 2]);
  expect(segments("It’s").odd).toBe("’");
});

test("fields and conditions are filled in later, lone braces are not", () => {
  for (const text of ["Hi {{ first_name }}", "{{a}}", "{% if city %}Hi{% endif %}"]) expect(hasFields(text)).toBe(true);
  for (const text of ["Hi", "{ not }", "{{ not closed"]) expect(hasFields(text)).toBe(false);
});
