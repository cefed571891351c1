// The forecast of the deals that the user sees, and the health of the whole pipeline.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { SLOW_MS } from "@/api/query";
import type { Schema } from "@/api/types";

export type Forecast = Schema["DealForecast"];
export type Health = Schema["PipelineHealth"];
export type StageHealth = Schema["StageHealth"];

export const forecastQuery = queryOptions({
  queryKey: ["leads", "deal-forecast"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/deals/forecast", { signal })),
  refetchInterval: SLOW_MS,
});

export const healthQuery = queryOptions({
  queryKey: ["leads", "pipeline-health"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/pipeline/health", { signal })),
  refetchInterval: SLOW_MS,
});
