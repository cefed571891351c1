import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { MissingConsent } from "./missing-consent";

test("leads without consent are counted by channel and rule", () => {
  const rows = [
    { channel: "sms", rule: "US law asks", people: 4 },
    { channel: "email", rule: "German law asks", people: 1 },
  ] as const;
  render(<MissingConsent rows={[...rows]} lookedAt={1000} more />);
  expect(
    screen.getByText(/Of the first 1,000 active leads, 5 leads can't get every message: no sufficient consent/),
  ).toBeTruthy();
  expect(screen.getAllByRole("listitem").map((row) => row.textContent)).toEqual([
    "SMS, 4 leads: US law asks",
    "E-mail, 1 lead: German law asks",
  ]);
});

test("nothing is shown where every lead's consent suffices", () => {
  const { container } = render(<MissingConsent rows={[]} lookedAt={10} more={false} />);
  expect(container.textContent).toBe("");
});
