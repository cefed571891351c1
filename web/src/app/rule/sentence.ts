// A rule told as one sentence: "Stage is one of New, Won and Score is at least 70".
import type { SegmentRule } from "@/api/types";
import { plural } from "@/shared/lib/format";
import { draftOf, isGroup, type RuleDraft } from "./draft";
import { entryOf, fieldOf, type RuleField, testWord, valueWord } from "./fields";

function told(draft: RuleDraft, fields: readonly RuleField[], isInside: boolean): string {
  if (!isGroup(draft)) {
    const field = fieldOf(fields, draft.field);
    const test = testWord(draft.test, field.kind);
    const values = draft.values.map((value) => valueWord(field, value));
    const said = values.join(", ");
    switch (entryOf(draft.test)) {
      case "nothing":
        return `${field.word} ${test}`;
      case "days":
        return `${field.word} ${test} ${plural(Number(draft.values[0] ?? 0), "day")}`;
      case "one":
        return `${field.word} ${test} ${field.kind === "text" ? `“${said}”` : said}`;
      case "list":
        if (draft.test === "has_all" || field.kind === "several") return `${field.word} ${test} ${said}`;
        if (values.length < 2) return `${field.word} ${test} ${said}`;
        return `${field.word} ${draft.test === "is" ? "is one of" : "is none of"} ${said}`;
    }
  }
  const parts = draft.rules.map((inner) => told(inner, fields, draft.rules.length > 1 && draft.match !== "none"));
  if (parts.length === 0) return "every lead";
  if (draft.match === "none") return parts.length === 1 ? `not (${parts[0]})` : `none of (${parts.join("; ")})`;
  const joined = parts.join(draft.match === "all" ? " and " : " or ");
  return isInside && parts.length > 1 ? `(${joined})` : joined;
}

export const draftWords = (draft: RuleDraft, fields: readonly RuleField[]): string => {
  const text = told(draft, fields, false);
  return text.charAt(0).toUpperCase() + text.slice(1);
};

export const ruleWords = (rule: SegmentRule, fields: readonly RuleField[]): string => draftWords(draftOf(rule), fields);
