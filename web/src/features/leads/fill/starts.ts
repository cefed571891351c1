// Good first columns, as drafts.
import { type Draft, EMPTY } from "./draft";
import { AI_STARTS } from "./words";

export interface Start {
  id: string;
  title: string;
  note: string;
  draft: Draft;
}

export const STARTS: readonly Start[] = [
  {
    id: "what-they-do",
    title: "What they do, from their own website",
    note: "Reads the company's website and keeps its description. Free.",
    draft: {
      ...EMPTY,
      name: "What they do",
      target: { to: "new_field", label: "What they do", kind: "text", options: "" },
      kind: "enrichment",
      field: "company_description",
      providers: [{ provider: "website", min_confidence: 0 }],
      fresh_days: "180",
    },
  },
  {
    id: "pitch",
    title: "A first line, written from facts",
    note: "A model writes one sentence from what is known of the lead, and cites what it used.",
    draft: {
      ...EMPTY,
      name: "First line",
      target: { to: "new_field", label: "First line", kind: "text", options: "" },
      kind: "ai",
      prompt:
        'Write one friendly sentence that shows why our offer fits {{ company }}, a {{ category | default("business") }}.',
      output: "text",
      max_words: "25",
      context: "custom.what_they_do, city",
    },
  },
  {
    id: "score",
    title: AI_STARTS.score,
    note: "A model gives each lead a number from 0 to 100 by your own words. The cell names the facts that it goes by.",
    draft: {
      ...EMPTY,
      name: "AI score",
      target: { to: "new_field", label: "AI score", kind: "number", options: "" },
      kind: "ai",
      prompt:
        'Score from 0 to 100 how likely {{ company }}, a {{ category | default("business") }}, needs what we offer: 0 not at all, 50 perhaps, 100 for sure.',
      output: "number",
      context: "custom.what_they_do, city, rating, reviews, job_title",
    },
  },
  {
    id: "classify",
    title: AI_STARTS.classify,
    note: "A model chooses one of your classes for each lead, or none where the facts do not tell.",
    draft: {
      ...EMPTY,
      name: "AI class",
      target: { to: "new_field", label: "AI class", kind: "choice", options: "Good fit\nMaybe\nNo fit" },
      kind: "ai",
      prompt:
        'Say whether {{ company }}, a {{ category | default("business") }}, suits a business that sells appointment reminders.',
      output: "choice",
      options: "Good fit\nMaybe\nNo fit",
      context: "custom.what_they_do, city, rating, reviews, job_title",
    },
  },
  {
    id: "email",
    title: "E-mail, by a waterfall",
    note: "Own website first, which is free, then providers in your order until one is sure enough.",
    draft: {
      ...EMPTY,
      name: "E-mail",
      target: { to: "lead_field", field: "email" },
      kind: "enrichment",
      field: "email",
      providers: [
        { provider: "website", min_confidence: 0 },
        { provider: "hunter", min_confidence: 85 },
      ],
      condition: "not email",
      fresh_days: "90",
    },
  },
];
