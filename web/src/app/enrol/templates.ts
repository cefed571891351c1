// Templates as choices, for every place that writes.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { components } from "@/api/schema";
import type { Channel, Page } from "@/api/types";

export interface TemplateView {
  id: string;
  name: string;
  category: string;
  channel: Channel;
  subject: string;
  body: string;
  favourite: boolean;
  updated_at: string;
  rev: number;
  fields: string[];
  used_in_steps: number;
}

/** What came of the messages that were made from it. */
export type TemplateFiguresView = components["schemas"]["TemplateFigures"];

export const templateFiguresQuery = queryOptions({
  queryKey: ["templates", "figures"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/templates/figures", { signal })),
});

export const templateChoicesQuery = queryOptions({
  queryKey: ["templates", "list"],
  queryFn: ({ signal }) => unwrap<Page<TemplateView>>(client.GET("/api/templates", { signal })),
});
