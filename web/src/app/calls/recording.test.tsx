import { expect, test, vi } from "vitest";
import { readRecording } from "./recording";

const sound = new Uint8Array(25).map((_, at) => at);

test("a recording is read part by part until all of it is there", async () => {
  const ranges: (string | null)[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const range = request.headers.get("range");
    ranges.push(range);
    const from = Number(/bytes=(\d+)-/.exec(range ?? "")?.[1]);
    const part = sound.slice(from, from + 10);
    const headers = { "content-range": `bytes ${from}-${from + part.length - 1}/25` };
    return new Response(part, { status: 206, headers });
  });
  const whole = new Uint8Array(await (await readRecording("call_1")).arrayBuffer());
  expect(ranges).toEqual(["bytes=0-", "bytes=10-", "bytes=20-"]);
  expect([...whole]).toEqual([...sound]);
  vi.unstubAllGlobals();
});

test("a refusal between two parts is told, and no half of a recording is played", async () => {
  let asked = 0;
  vi.stubGlobal("fetch", async () => {
    asked += 1;
    if (asked === 1) return new Response(sound, { status: 206, headers: { "content-range": "bytes 0-24/50" } });
    const problem = { code: "provider_silent", detail: "The provider did not hand over the recording.", status: 502 };
    return Response.json(problem, { status: 502 });
  });
  await expect(readRecording("call_1")).rejects.toMatchObject({ status: 502 });
  vi.unstubAllGlobals();
});
