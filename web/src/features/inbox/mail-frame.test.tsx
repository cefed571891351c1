import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { frameHeight, MailFrame } from "./mail-frame";

test("the frame runs no scripts and asks for images only once they are wanted", () => {
  render(<MailFrame url="/api/messages/m/html?signature=s" subject="Hello" text="Hi" />);
  const frame = screen.getByTitle<HTMLIFrameElement>("Mail: Hello");
  expect(frame.getAttribute("sandbox")).toBe("allow-popups allow-popups-to-escape-sandbox");
  expect(frame.getAttribute("src")).toBe("/api/messages/m/html?signature=s");
  fireEvent.click(screen.getByRole("button", { name: "Show images" }));
  expect(frame.getAttribute("src")).toBe("/api/messages/m/html?signature=s&images=true");
});

test("a longer text has a higher frame, within bounds", () => {
  expect(frameHeight("Hi")).toBe(96);
  expect(frameHeight("a line\n".repeat(10))).toBe(11 * 21 + 40);
  expect(frameHeight("x".repeat(100_000))).toBe(480);
});
