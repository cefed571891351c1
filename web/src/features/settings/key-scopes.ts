// The scopes of API keys in plain words, in the order of the check boxes.
import type { Schema } from "@/api/types";

export type ApiScope = Schema["ApiScope"];

interface Right {
  scope: ApiScope;
  words: string;
}

interface ScopeGroup {
  label: string;
  read?: Right;
  write?: Right;
  spend?: Right;
}

export const rightsOf = ({ read, write, spend }: ScopeGroup): Right[] =>
  [read, write, spend].filter((right) => right !== undefined);

export const SCOPE_GROUPS: ScopeGroup[] = [
  {
    label: "Leads",
    read: { scope: "leads:read", words: "Read leads, their history and imports; export them" },
    write: { scope: "leads:write", words: "Create, change, import and delete leads" },
  },
  { label: "Fields", write: { scope: "fields:write", words: "Add, change and delete custom fields" } },
  {
    label: "Columns",
    write: {
      scope: "columns:write",
      words: "Create, change and delete columns, also those that send leads to a webhook",
    },
  },
  {
    label: "Campaigns",
    read: { scope: "campaigns:read", words: "Read campaigns, enrolled leads and results" },
    write: { scope: "campaigns:write", words: "Create, launch and pause campaigns; enrol leads" },
  },
  {
    label: "Sequences",
    read: { scope: "sequences:read", words: "Read sequences and templates" },
    write: { scope: "sequences:write", words: "Create and change sequences and templates" },
  },
  {
    label: "Inbox",
    read: { scope: "inbox:read", words: "Read conversations and messages" },
    write: { scope: "inbox:write", words: "Assign conversations, mark them as read or done" },
  },
  {
    label: "Tasks",
    read: { scope: "tasks:read", words: "Read tasks" },
    write: { scope: "tasks:write", words: "Create tasks, log outcomes, cancel tasks" },
  },
  {
    label: "Suppression list",
    read: { scope: "suppressions:read", words: "Read the suppression list" },
    write: { scope: "suppressions:write", words: "Add addresses, domains and numbers" },
  },
  { label: "Reports", read: { scope: "reports:read", words: "Read the dashboard, revenue and clients" } },
  {
    label: "Budget",
    spend: {
      scope: "budget:spend",
      words: "Spend money: fill columns, look up leads and prospects, have models write",
    },
  },
];

/** "Leads: read and write, Reports: read" */
export function scopeWords(scopes: ApiScope[]): string {
  const has = new Set(scopes);
  return SCOPE_GROUPS.flatMap((group) => {
    const rights = (["read", "write", "spend"] as const).filter((what) => {
      const right = group[what];
      return right && has.has(right.scope);
    });
    return rights.length ? [`${group.label}: ${rights.join(" and ")}`] : [];
  }).join(", ");
}

/** The days until a key expires; "0" means never. */
export const LASTS = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "1 year" },
  { value: "0", label: "Does not expire" },
] as const;

export type Lasts = (typeof LASTS)[number]["value"];

/** A request to try a key with: the first one that its scopes allow. */
const TRIES: [ApiScope, string][] = [
  ["leads:read", "/api/leads"],
  ["campaigns:read", "/api/campaigns"],
  ["sequences:read", "/api/sequences"],
  ["inbox:read", "/api/inbox"],
  ["tasks:read", "/api/tasks"],
  ["suppressions:read", "/api/settings/suppressions"],
  ["reports:read", "/api/dashboard/stats"],
];

export function curlExample(secret: string, scopes: ApiScope[], origin: string): string {
  const bearer = `-H "Authorization: Bearer ${secret}"`;
  const read = TRIES.find(([scope]) => scopes.includes(scope));
  if (read) return `curl ${bearer} ${origin}${read[1]}`;
  if (scopes.includes("leads:write")) {
    const body = `'{"email": "ann@example.com", "source": "website form"}'`;
    return `curl ${bearer} -H "Content-Type: application/json" -d ${body} ${origin}/api/leads`;
  }
  return `curl ${bearer} ${origin}/api/`;
}
