// The blocks of a preview page in their order: opened, moved, removed, added.
import { ArrowDown, ArrowUp, ChevronRight, CircleAlert, Plus, X } from "lucide-react";
import { cx } from "@/shared/lib/cx";
import { Button } from "@/shared/ui/button";
import { Menu } from "@/shared/ui/menu";
import { BlockFields } from "./block-fields";
import { BLOCK_WORDS, type BlockKind, type KeyedBlock, KINDS, MOST_BLOCKS, type PageBlock, summaryOf } from "./model";

export function BlockList({
  blocks,
  open,
  may,
  faultsAt,
  onOpen,
  onChange,
  onMove,
  onRemove,
  onAdd,
}: {
  blocks: readonly KeyedBlock[];
  /** The key of the block whose fields are shown. */
  open?: number;
  may: boolean;
  faultsAt: (number: number) => Record<string, string>;
  onOpen: (key?: number) => void;
  onChange: (key: number, block: PageBlock) => void;
  onMove: (key: number, by: number) => void;
  onRemove: (key: number) => void;
  onAdd: (kind: BlockKind) => void;
}) {
  return (
    <section aria-label="Blocks">
      <ol>
        {blocks.map(({ key, block }, number) => {
          const faults = faultsAt(number);
          const isOpen = key === open;
          const { name } = BLOCK_WORDS[block.kind];
          const place = `${name}, block ${number + 1}`;
          return (
            <li key={key} className="border-b">
              <div className="flex min-h-11 items-center gap-1 pr-4 pl-2">
                <button
                  type="button"
                  aria-expanded={isOpen}
                  className="flex min-h-11 min-w-0 flex-1 items-center gap-2 rounded-control px-2 text-left hover:bg-hover"
                  onClick={() => onOpen(isOpen ? undefined : key)}
                >
                  <ChevronRight
                    size={15}
                    aria-hidden="true"
                    className={cx("shrink-0 text-ink-3", isOpen && "rotate-90")}
                  />
                  <span className="shrink-0 font-medium">{name}</span>
                  <span className="min-w-0 flex-1 truncate text-ink-2">{isOpen ? "" : summaryOf(block)}</span>
                  {Object.keys(faults).length ? (
                    <CircleAlert size={15} role="img" aria-label="Needs a change" className="shrink-0 text-bad-ink" />
                  ) : null}
                </button>
                {may ? (
                  <>
                    <Button
                      size="sm"
                      kind="quiet"
                      aria-label={`Move up: ${place}`}
                      icon={<ArrowUp size={15} />}
                      disabled={number === 0}
                      onClick={() => onMove(key, -1)}
                    />
                    <Button
                      size="sm"
                      kind="quiet"
                      aria-label={`Move down: ${place}`}
                      icon={<ArrowDown size={15} />}
                      disabled={number === blocks.length - 1}
                      onClick={() => onMove(key, 1)}
                    />
                    <Button
                      size="sm"
                      kind="quiet"
                      aria-label={`Remove: ${place}`}
                      icon={<X size={15} />}
                      disabled={blocks.length === 1}
                      onClick={() => onRemove(key)}
                    />
                  </>
                ) : null}
              </div>
              {isOpen ? (
                <div className="space-y-3 pr-6 pb-4 pl-9 max-lg:pr-4">
                  <BlockFields block={block} faults={faults} may={may} onChange={(next) => onChange(key, next)} />
                </div>
              ) : null}
            </li>
          );
        })}
      </ol>
      {may ? (
        <div className="px-6 py-3 max-lg:px-4">
          {blocks.length < MOST_BLOCKS ? (
            <Menu
              label="Kinds of blocks"
              align="start"
              trigger={<Button icon={<Plus size={15} />}>Add a block</Button>}
              items={KINDS.map((kind) => ({
                label: BLOCK_WORDS[kind].name,
                run: () => onAdd(kind),
              }))}
            />
          ) : (
            <p className="text-ink-2">A page has at most {MOST_BLOCKS} blocks.</p>
          )}
        </div>
      ) : null}
    </section>
  );
}
