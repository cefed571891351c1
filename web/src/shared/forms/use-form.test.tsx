import { act, renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { ApiProblem } from "@/api/errors";
import { useForm } from "./use-form";

test("the page's own checks come before the server is asked", async () => {
  const send = vi.fn();
  const { result } = renderHook(() =>
    useForm({ name: "" }, send, (v): Record<string, string> => (v.name ? {} : { name: "Enter a name." })),
  );
  await act(() => result.current.submit());
  expect(result.current.errors).toEqual({ name: "Enter a name." });
  expect(send).not.toHaveBeenCalled();
  act(() => result.current.set("name", "Maya"));
  expect(result.current.errors).toEqual({});
});

test("what the server refuses is shown at its field, and the values stay", async () => {
  const refusal = new ApiProblem({
    status: 422,
    code: "invalid_value",
    detail: "email: is no address",
    errors: [{ field: "email", detail: "is no address" }],
  });
  const { result } = renderHook(() => useForm({ email: "x" }, () => Promise.reject(refusal)));
  let sent: boolean | undefined;
  await act(async () => {
    sent = await result.current.submit();
  });
  expect(sent).toBe(false);
  expect(result.current.errors).toEqual({ email: "is no address" });
  expect(result.current.problem?.code).toBe("invalid_value");
  expect(result.current.values.email).toBe("x");
  expect(result.current.busy).toBe(false);
});
