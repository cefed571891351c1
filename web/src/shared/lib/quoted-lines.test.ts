import { expect, test } from "vitest";
import { parts } from "./quoted-lines";

test("what the server calls quoted is set apart, answers between it are not", () => {
  const text = "Interested.\r\n\r\nOn Fri, Maya wrote:\r\n> Hello\r\nYes, Monday\r\n> Maya\r\n";
  expect(
    parts(text, [
      { from: 2, to: 4 },
      { from: 5, to: 6 },
    ]),
  ).toEqual([
    { from: 0, quoted: false, text: "Interested." },
    { from: 2, quoted: true, text: "On Fri, Maya wrote:\n> Hello" },
    { from: 4, quoted: false, text: "Yes, Monday" },
    { from: 5, quoted: true, text: "> Maya" },
  ]);
});

test("a text of which nothing is quoted stays whole", () => {
  expect(parts("> What?\nNothing\n")).toEqual([{ from: 0, quoted: false, text: "> What?\nNothing" }]);
});
