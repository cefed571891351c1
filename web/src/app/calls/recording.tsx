// Plays the recording of a call. It is read in parts from the server, which alone may ask the provider.
import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { sessionFetch } from "@/api/client";
import { problemFrom } from "@/api/errors";
import { useMay } from "@/app/auth/use-may";
import { duration } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { toastProblem } from "@/shared/ui/toast";

/** Reads a whole recording, part by part. */
export async function readRecording(call: string, signal?: AbortSignal): Promise<Blob> {
  const parts: ArrayBuffer[] = [];
  let [from, total] = [0, 1];
  while (from < total) {
    const headers = { accept: "*/*", range: `bytes=${from}-` };
    const url = new URL(`/api/calls/${call}/recording`, location.origin);
    const answer = await sessionFetch(new Request(url, { headers, signal }));
    if (!answer.ok) throw problemFrom(answer, await answer.json().catch(() => undefined));
    const part = await answer.arrayBuffer();
    total = Number(answer.headers.get("content-range")?.split("/")[1] ?? 0);
    if (part.byteLength === 0) break;
    parts.push(part);
    from += part.byteLength;
  }
  return new Blob(parts, { type: "audio/mpeg" });
}

export function Recording({ call, seconds }: { call: string; seconds?: number | null }) {
  const may = useMay("rep");
  const [sound, setSound] = useState<string>();
  // A page that is left reads no further.
  const shown = useRef(new AbortController());
  const read = useMutation({
    mutationFn: () => readRecording(call, shown.current.signal),
    onSuccess: (blob) => shown.current.signal.aborted || setSound(URL.createObjectURL(blob)),
    onError: (error) => shown.current.signal.aborted || toastProblem("Could not play the recording", error),
  });
  useEffect(() => {
    shown.current = new AbortController();
    return () => shown.current.abort();
  }, []);
  useEffect(() => () => void (sound && URL.revokeObjectURL(sound)), [sound]);
  if (!may) return null;
  if (sound)
    // biome-ignore lint/a11y/useMediaCaption: nobody has written down what was said.
    return <audio controls autoPlay src={sound} aria-label="Recording of the call" className="h-8 max-w-full" />;
  const length = seconds ? ` (${duration(seconds * 1000)})` : "";
  return (
    <Button
      size="sm"
      kind="quiet"
      icon={<Play size={13} />}
      busy={read.isPending}
      aria-label={`Play the recording${length}`}
      onClick={() => read.mutate()}
    >
      Play
    </Button>
  );
}
