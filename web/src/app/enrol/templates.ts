// Templates as choices, for every form in which a user writes.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";

export type TemplateView = Schema["TemplateView"];

/** The results of the messages that were made from the template. */
export type TemplateFiguresView = Schema["TemplateFigures"];

export const templateFiguresQuery = queryOptions({
  queryKey: ["templates", "figures"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/templates/figures", { signal })),
});

export const templateChoicesQuery = queryOptions({
  queryKey: ["templates", "list"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/templates", { signal })),
});
