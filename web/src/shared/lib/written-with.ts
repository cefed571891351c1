// What a text of a model was written with, in words.
import type { Schema } from "@/api/types";
import { when } from "./format";

/** "Written by small with prompt version 3, Thu 12 Mar 09:10". The version is that of the workspace's instructions. */
export function writtenWith({ model, prompt }: Schema["WrittenWith"], at: string): string {
  const instructions = prompt.split(".")[1] ?? "0";
  const told = instructions === "0" ? "the built-in prompt" : `prompt version ${instructions}`;
  return `Written by ${model || "a model"} with ${told}, ${when(at)}`;
}
