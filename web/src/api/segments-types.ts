// The types and the client of the segments and views routes, until the generated schema has them.
import type { Client } from "openapi-fetch";
import { client } from "./client";
import type { LeadRow, Schema } from "./types";

export type SegmentTest =
  | { is: string[] }
  | { is_not: string[] }
  | { has_all: string[] }
  | { contains: string }
  | { lacks: string }
  | { starts_with: string }
  | { at_least: string }
  | { at_most: string }
  | { in_last_days: number }
  | { in_next_days: number }
  | { filled: boolean };

export type SegmentCondition = { field: string } & SegmentTest;

export type SegmentRule =
  | { all: SegmentRule[] }
  | { any: SegmentRule[] }
  | { none: SegmentRule[] }
  | { if: SegmentCondition };

/** The filter of leads with its segment and its rule. */
export type LeadFilter = Schema["LeadFilter"] & { segment?: string | null; rule?: SegmentRule | null };

/** A row of the list with the values of the asked columns that it does not have by itself. */
export type LeadListRow = LeadRow & { fields?: Record<string, unknown> };

export interface SegmentView {
  id: string;
  name: string;
  rule: SegmentRule;
  by: string | null;
  created_at: string;
  updated_at: string;
  rev: number;
}

export interface SavedView {
  id: string;
  name: string;
  shared: boolean;
  owner: string;
  /** The place by which views are listed, before their names. */
  position: number;
  filter: LeadFilter;
  segment: string | null;
  sort: string | null;
  order: "asc" | "desc" | null;
  columns: string[];
  created_at: string;
  updated_at: string;
  rev: number;
}

export interface NewView {
  name: string;
  shared: boolean;
  position?: number;
  filter: LeadFilter;
  segment?: string | null;
  sort?: string | null;
  order?: "asc" | "desc" | null;
  columns?: string[];
}

export interface SegmentCountBody {
  rule?: SegmentRule;
  filter?: LeadFilter;
  segment?: string;
}

interface Json<T> {
  headers: Record<string, unknown>;
  content: { "application/json": T };
}

interface Nothing {
  query?: never;
  header?: never;
  path?: never;
  cookie?: never;
}

interface OfOne extends Omit<Nothing, "path"> {
  path: { id: string };
}

interface Read<Answer, Parameters = Nothing> {
  parameters: Parameters;
  requestBody?: never;
  responses: { 200: Json<Answer> };
}

interface Send<Body, Answer, Parameters = Nothing> {
  parameters: Parameters;
  requestBody: { content: { "application/json": Body } };
  responses: { 200: Json<Answer> };
}

interface Make<Body, Answer> extends Omit<Send<Body, Answer>, "responses"> {
  responses: { 201: Json<Answer> };
}

interface Remove {
  parameters: OfOne;
  requestBody?: never;
  responses: { 204: { headers: Record<string, unknown>; content?: never } };
}

interface SegmentPaths {
  "/api/segments": {
    get: Read<{ items: SegmentView[] }>;
    post: Make<{ name: string; rule: SegmentRule }, SegmentView>;
  };
  "/api/segments/{id}": {
    get: Read<SegmentView, OfOne>;
    patch: Send<{ name?: string; rule?: SegmentRule; rev: number }, SegmentView, OfOne>;
    delete: Remove;
  };
  "/api/segments/count": {
    post: Send<SegmentCountBody, { total: number; sample: LeadListRow[] }>;
  };
  "/api/views": {
    get: Read<{ items: SavedView[] }>;
    post: Make<NewView, SavedView>;
  };
  "/api/views/{id}": {
    patch: Send<Partial<NewView> & { rev: number }, SavedView, OfOne>;
    delete: Remove;
  };
}

export const segmentsClient = client as unknown as Client<SegmentPaths>;
