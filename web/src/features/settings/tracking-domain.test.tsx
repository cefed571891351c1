import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { refusal, renderPage } from "@/test-page";
import { TrackingDomain } from "./tracking-domain";

const PATH = "/api/settings/tracking/domain";
const none = {
  domain: null,
  state: null,
  since: null,
  found: [],
  target: "d-1.example.com",
  standard_address: "https://app.example.com",
};
const view = (state: string, found: string[] = []) => ({
  ...none,
  domain: "go.acme.com",
  state,
  since: "2026-11-27T08:00:00Z",
  found,
});
const open = (answers: Record<string, unknown>) =>
  renderPage(TrackingDomain, "/settings/tracking", "/settings/tracking", answers);

test("a domain is entered, and the record to make is shown while it waits for DNS", async () => {
  const { sent } = open({ [`GET ${PATH}`]: none, [`PUT ${PATH}`]: view("waiting_for_dns") });
  fireEvent.change(await screen.findByLabelText("Domain"), { target: { value: " go.acme.com " } });
  fireEvent.click(screen.getByRole("button", { name: "Save domain" }));
  expect(await screen.findByText("Waiting for DNS")).toBeTruthy();
  expect(screen.getByText("d-1.example.com")).toBeTruthy();
  expect(screen.getByText(/Until it works, new mails use https:\/\/app.example.com/)).toBeTruthy();
  expect(sent.map((one) => one.body)).toEqual([{ domain: "go.acme.com" }]);
});

test("a refused domain is explained at its field", async () => {
  const errors = [
    { field: "domain", detail: "is not a domain such as go.acme.com, without https:// and without a path" },
  ];
  open({ [`GET ${PATH}`]: none, [`PUT ${PATH}`]: refusal(422, { code: "invalid", detail: "Look again.", errors }) });
  fireEvent.change(await screen.findByLabelText("Domain"), { target: { value: "https://x" } });
  fireEvent.click(screen.getByRole("button", { name: "Save domain" }));
  expect(await screen.findByText(/This is not a domain such as go.acme.com/)).toBeTruthy();
});

test("a domain that another workspace uses is explained at its field", async () => {
  const errors = [
    { field: "domain", detail: "is already used by another workspace of this installation; choose another name" },
  ];
  open({
    [`GET ${PATH}`]: none,
    [`PUT ${PATH}`]: refusal(409, { code: "domain_taken", detail: "This domain is already used.", errors }),
  });
  fireEvent.change(await screen.findByLabelText("Domain"), { target: { value: "go.acme.com" } });
  fireEvent.click(screen.getByRole("button", { name: "Save domain" }));
  expect(await screen.findByText(/This is already used by another workspace/)).toBeTruthy();
});

test("name and target of the record can be copied", async () => {
  const copied: string[] = [];
  vi.spyOn(navigator.clipboard, "writeText").mockImplementation(async (text) => void copied.push(text));
  open({ [`GET ${PATH}`]: view("waiting_for_dns") });
  fireEvent.click(await screen.findByRole("button", { name: "Copy name" }));
  fireEvent.click(screen.getByRole("button", { name: "Copy target" }));
  expect(copied).toEqual(["go.acme.com", "d-1.example.com"]);
});

test("a wrong target names what was found, and a check shows what is new", async () => {
  open({ [`GET ${PATH}`]: view("wrong_target", ["shops.example."]), [`POST ${PATH}/check`]: view("works") });
  expect(await screen.findByText("shops.example")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Check now" }));
  expect(await screen.findByText("Works")).toBeTruthy();
  expect(screen.queryByText("CNAME")).toBeNull();
});

test("a removed domain can be brought back", async () => {
  const { sent } = open({ [`GET ${PATH}`]: view("works"), [`DELETE ${PATH}`]: none, [`PUT ${PATH}`]: view("works") });
  fireEvent.click(await screen.findByRole("button", { name: "Remove domain" }));
  expect(await screen.findByText("Not set")).toBeTruthy();
  fireEvent.click(await screen.findByText("Undo"));
  await expect.poll(() => sent.map((one) => one.method)).toEqual(["DELETE", "PUT"]);
});
