// A part that is fetched when it is first shown.
import { act, render, screen } from "@testing-library/react";
import type { ComponentType } from "react";
import { expect, test } from "vitest";
import { later } from "./later";

test("what waits is shown until the part is there, and never after", async () => {
  let arrive = (_: ComponentType<object>) => {};
  const part = new Promise<ComponentType<object>>((done) => {
    arrive = done;
  });
  const Part = later(() => part, <p>Loading the section</p>);
  render(<Part />);
  expect(screen.getByText("Loading the section")).toBeTruthy();
  await act(async () => arrive(() => <p>The section</p>));
  expect(await screen.findByText("The section")).toBeTruthy();
  expect(screen.queryByText("Loading the section")).toBeNull();
});
