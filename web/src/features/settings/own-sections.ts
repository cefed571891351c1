// Sections that are fetched together: each is small, and a file of its own would weigh on every page's list of files.
export { AccessLogSection } from "./access-log";
export { DaysOffSection } from "./days-off";
export { FieldsSection } from "./fields-section";
export { KeysSection } from "./keys";
export { PromptsSection } from "./prompts-section";
export { RoutingSection } from "./routing-section";
export { SelfCheckSection } from "./self-check";
export { SendingSection } from "./sending";
export { ShortcutsSection } from "./shortcuts";
export { WritingSection } from "./writing";
