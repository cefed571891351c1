// Lists that several features show: each has one key and one type, so that one feature can use what another has loaded.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { stagesStore } from "@/shared/lib/stages";

export type MemberView = Schema["MemberView"];

export const teamQuery = queryOptions({
  queryKey: ["team"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/team", { signal })),
});

export const sequencesQuery = queryOptions({
  queryKey: ["sequences", "list"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/sequences", { signal })),
});

export type CustomField = Schema["CustomField"];

/** The workspace's custom fields, in the order in which they are shown. */
export const fieldsQuery = queryOptions({
  queryKey: ["fields"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/fields", { signal })),
});

/** The workspace's stages and lost reasons; every page has their names from the store, which this fills. */
export const stagesQuery = queryOptions({
  queryKey: ["stages"],
  queryFn: async ({ signal }) => {
    const stages = await unwrap(client.GET("/api/stages", { signal }));
    stagesStore.set(stages);
    return stages;
  },
});
