// Templates as choices, for every place that writes.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
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

export const templateChoicesQuery = queryOptions({
  queryKey: ["templates", "list"],
  queryFn: ({ signal }) => unwrap<Page<TemplateView>>(client.GET("/api/templates", { signal })),
});
