// Prompts: our text, read-only, the workspace's instructions beside it, and the versions that they have had.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { teamQuery } from "@/app/shared-queries";
import { Field, TextArea } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { count, when } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";
import { Heading } from "@/shared/ui/section";
import { Loaded, Together } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import {
  AI_USES,
  type AiUse,
  LONGEST_INSTRUCTIONS,
  type Prompt,
  type PromptVersion,
  promptsQuery,
  useChangePrompt,
  versionsQuery,
} from "./prompts";

const TryPrompt = later(() => import("./try-prompt").then((m) => m.default));

export function PromptsSection() {
  const query = useQuery(promptsQuery);
  const [chosen, setChosen] = useState<AiUse>("opening_line");
  const versions = useInfiniteQuery(versionsQuery(chosen));
  return (
    <div className="max-w-table space-y-6 p-6 max-lg:p-4">
      <Together queries={[query, versions]} what="The prompts">
        <Loaded query={query} what="The prompts">
          {({ items }) => {
            const prompt = items.find(({ name }) => name === chosen) ?? items[0];
            return (
              <>
                <section>
                  <Heading note="What language models are told. Your instructions come after our rules.">
                    Prompts
                  </Heading>
                  <ul className="mt-2 divide-y border-y">
                    {items.map((item) => (
                      <li key={item.name}>
                        <Button
                          kind="bare"
                          aria-pressed={item.name === prompt?.name}
                          onClick={() => setChosen(item.name)}
                          className={cx(
                            "flex min-h-9 w-full items-center gap-3 px-2 text-left hover:bg-sunken",
                            item.name === prompt?.name && "bg-sunken font-medium",
                          )}
                        >
                          <span className="flex-1">{AI_USES[item.name]}</span>
                          <span className="text-ink-2">{stateOf(item)}</span>
                        </Button>
                      </li>
                    ))}
                  </ul>
                </section>
                {prompt ? <Editor key={`${prompt.name} ${prompt.version}`} prompt={prompt} /> : null}
                {prompt ? <History prompt={prompt} query={versions} /> : null}
              </>
            );
          }}
        </Loaded>
      </Together>
    </div>
  );
}

const stateOf = ({ takes_instructions, instructions, version }: Prompt) =>
  takes_instructions ? (instructions ? `Own instructions, version ${count(version)}` : "Built-in") : "Fixed";

function Editor({ prompt }: { prompt: Prompt }) {
  const may = useMay("admin");
  const [text, setText] = useState(prompt.instructions);
  const [trying, setTrying] = useState(false);
  const change = useChangePrompt(prompt.name);
  const save = (instructions: string, done: string) =>
    change.mutate(
      { instructions, version: prompt.version },
      {
        onSuccess: (next) =>
          toast(done, {
            undo: () => change.mutateAsync({ instructions: prompt.instructions, version: next.version }),
          }),
        onError: (error) => toastProblem("Could not save the instructions", error),
      },
    );
  return (
    <section className="space-y-3">
      <Heading>{AI_USES[prompt.name]}</Heading>
      {prompt.takes_instructions ? (
        <>
          <Field
            label="Your instructions"
            help="Style, what to mention, what never to say. They add no facts: an answer that goes beyond the facts is turned down. Texts that are written already stay."
          >
            <TextArea
              rows={6}
              value={text}
              readOnly={!may}
              maxLength={LONGEST_INSTRUCTIONS}
              onChange={(event) => setText(event.target.value)}
            />
          </Field>
          {may ? (
            <div className="flex flex-wrap gap-2">
              <Button
                kind="primary"
                busy={change.isPending}
                disabled={text.trim() === prompt.instructions}
                onClick={() => save(text, "Instructions saved")}
              >
                Save
              </Button>
              {prompt.may_be_tried ? <Button onClick={() => setTrying(true)}>Try it</Button> : null}
              {prompt.instructions ? (
                <Button disabled={change.isPending} onClick={() => save("", "Back to the built-in prompt")}>
                  Back to the built-in prompt
                </Button>
              ) : null}
            </div>
          ) : (
            <p className="text-ink-2">An admin can change the instructions.</p>
          )}
        </>
      ) : (
        <p className="text-ink-2">This prompt sorts answers and writes nothing, so it takes no instructions.</p>
      )}
      {trying ? <TryPrompt name={prompt.name} instructions={text.trim()} onClose={() => setTrying(false)} /> : null}
      <details>
        <summary className="cursor-pointer text-ink-2">
          The built-in prompt, version {count(prompt.built_in_version)}
        </summary>
        <p className="mt-2 rounded-control border bg-sunken p-3 whitespace-pre-wrap">{prompt.built_in_text}</p>
      </details>
    </section>
  );
}

function History({
  prompt,
  query,
}: {
  prompt: Prompt;
  query: ReturnType<typeof useInfiniteQuery<{ items: PromptVersion[] }>>;
}) {
  const may = useMay("admin");
  const change = useChangePrompt(prompt.name);
  const versions = query.data?.pages.flatMap((page) => page.items) ?? [];
  const team = useQuery({ ...teamQuery, enabled: versions.length > 0 }).data?.items ?? [];
  if (versions.length === 0) return null;
  const restore = (version: PromptVersion) =>
    change.mutate(
      { instructions: version.instructions, version: prompt.version },
      {
        onSuccess: () => toast(`Version ${version.version} restored`),
        onError: (error) => toastProblem("Could not restore the version", error),
      },
    );
  return (
    <section>
      <Heading>Versions</Heading>
      <ul className="mt-1 divide-y border-y">
        {versions.map((version) => (
          <li key={version.version} className="space-y-1 py-2">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="font-medium">Version {count(version.version)}</span>
              {version.version === prompt.version ? <Badge>In force</Badge> : null}
              <span className="text-ink-2">
                {team.find(({ id }) => id === version.by)?.name ?? "A former user"}, {when(version.at)}
              </span>
              {may && version.version !== prompt.version ? (
                <Button
                  size="sm"
                  kind="quiet"
                  className="ml-auto"
                  aria-label={`Restore version ${version.version}`}
                  disabled={change.isPending || version.instructions === prompt.instructions}
                  onClick={() => restore(version)}
                >
                  Restore
                </Button>
              ) : null}
            </div>
            <p className="whitespace-pre-wrap text-ink-2">{version.instructions || "The built-in prompt alone."}</p>
          </li>
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button className="mt-2" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show older versions
        </Button>
      ) : null}
    </section>
  );
}
