// Changes of segments at the API, with the ways back.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { SegmentRule, SegmentView } from "@/api/types";

export interface SegmentBody {
  name: string;
  rule: SegmentRule;
}

const path = (id: string) => ({ path: { id } });

export function useSegmentMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["segments"] });
  const add = useMutation({
    mutationFn: ({ name, rule }: SegmentBody) => unwrap(client.POST("/api/segments", { body: { name, rule } })),
    onSettled,
  });
  const change = useMutation({
    mutationFn: ({ id, rev, ...body }: Partial<SegmentBody> & Pick<SegmentView, "id" | "rev">) =>
      unwrap(client.PATCH("/api/segments/{id}", { params: path(id), body: { ...body, rev } })),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE("/api/segments/{id}", { params: path(id) })),
    onSettled,
  });
  return { add, change, remove };
}

const LONGEST_NAME = 80;

/** A name for a copy that no other segment has. */
export function copyName(name: string, taken: readonly { name: string }[]): string {
  const names = new Set(taken.map((other) => other.name.toLowerCase()));
  for (let n = 1; ; n++) {
    const end = n === 1 ? ", copy" : `, copy ${n}`;
    const copy = `${name.slice(0, LONGEST_NAME - end.length)}${end}`;
    if (!names.has(copy.toLowerCase())) return copy;
  }
}
