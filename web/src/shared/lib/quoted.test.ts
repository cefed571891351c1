import { expect, test } from "vitest";
import { partQuoted } from "./quoted";

test("the quoted mail is set apart", () => {
  const text = "Interested.\n\nOn Fri, 20 Nov 2026 at 11:42, Maya <a@b.example> wrote:\n> Hello\n>\n> Maya";
  expect(partQuoted(text)).toEqual({
    own: "Interested.",
    quoted: "On Fri, 20 Nov 2026 at 11:42, Maya <a@b.example> wrote:\n> Hello\n>\n> Maya",
  });
  expect(partQuoted("Ja gern\r\n> Hallo\r\n").own).toBe("Ja gern");
});

test("answers between the lines, and texts without quotes, stay whole", () => {
  const between = "> What does it cost?\n79 a month\n> And then?\nNothing";
  expect(partQuoted(between)).toEqual({ own: between, quoted: "" });
  expect(partQuoted("STOP").own).toBe("STOP");
  expect(partQuoted("> only a quote").own).toBe("> only a quote");
});
