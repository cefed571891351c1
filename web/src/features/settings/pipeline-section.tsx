// The pipeline: the stages that leads pass, and the reasons why they are lost.
import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { stagesQuery } from "@/app/shared-queries";
import type { Stage } from "@/shared/lib/stages";
import { Button, IconButton } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import {
  bodyOf,
  isClosed,
  type LostReason,
  mayDelete,
  openStages,
  type Pipeline,
  stageWords,
  useSavePipeline,
} from "./pipeline";
import { DeleteStage, ReasonDialog, StageDialog } from "./pipeline-dialogs";
import { moved } from "./routing";

export function PipelineSection() {
  const query = useQuery(stagesQuery);
  return (
    <Loaded query={query} what="The pipeline">
      {(pipeline) => <Body pipeline={pipeline} />}
    </Loaded>
  );
}

type Open =
  | { what: "stage"; stage?: Stage }
  | { what: "delete"; stage: Stage }
  | { what: "reason"; reason?: LostReason };

function Body({ pipeline }: { pipeline: Pipeline }) {
  const may = useMay("admin");
  const save = useSavePipeline();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const change = (next: Partial<Pipeline>, told: string) =>
    save.mutate(bodyOf({ ...pipeline, ...next }), {
      onSuccess: () => toast(told),
      onError: (error) => toastProblem("Could not change the pipeline", error),
    });
  const ordered = openStages(pipeline.stages);
  const sort = (at: number, by: -1 | 1, name: string) =>
    change(
      { stages: [...moved(ordered, at, by), ...pipeline.stages.filter(({ id }) => isClosed(id))] },
      `${name} moved ${by < 0 ? "up" : "down"}`,
    );
  const reasons = pipeline.lost_reasons;
  return (
    <div className="max-w-table space-y-6 p-6 max-lg:p-4">
      <section>
        <Heading
          note="Every lead is in one of them."
          aside={
            may ? (
              <Button icon={<Plus size={15} />} onClick={() => setOpen({ what: "stage" })}>
                Add a stage
              </Button>
            ) : undefined
          }
        >
          Stages
        </Heading>
        <ol aria-label="Stages" className="divide-y border-y">
          {pipeline.stages.map((stage, i) => (
            <li key={stage.id} className="flex items-center gap-1 py-2">
              <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
                <div className="font-medium">{stage.name}</div>
                <div className="text-meta text-ink-2">{stageWords(stage)}</div>
              </div>
              {may ? (
                <>
                  {isClosed(stage.id) ? null : (
                    <>
                      <IconButton
                        label={`Move ${stage.name} up`}
                        size="iconSm"
                        disabled={i === 0 || save.isPending}
                        onClick={() => sort(i, -1, stage.name)}
                      >
                        <ArrowUp size={14} />
                      </IconButton>
                      <IconButton
                        label={`Move ${stage.name} down`}
                        size="iconSm"
                        disabled={i === ordered.length - 1 || save.isPending}
                        onClick={() => sort(i, 1, stage.name)}
                      >
                        <ArrowDown size={14} />
                      </IconButton>
                    </>
                  )}
                  <IconButton
                    label={`Change ${stage.name}`}
                    size="iconSm"
                    onClick={() => setOpen({ what: "stage", stage })}
                  >
                    <Pencil size={14} />
                  </IconButton>
                  {mayDelete(stage.id) ? (
                    <IconButton
                      label={`Delete ${stage.name}`}
                      size="iconSm"
                      onClick={() => setOpen({ what: "delete", stage })}
                    >
                      <Trash2 size={14} />
                    </IconButton>
                  ) : null}
                </>
              ) : null}
            </li>
          ))}
        </ol>
      </section>
      <section>
        <Heading
          note="Moving a lead to lost asks for one."
          aside={may ? <Button onClick={() => setOpen({ what: "reason" })}>Add a reason</Button> : undefined}
        >
          Lost reasons
        </Heading>
        <ol aria-label="Lost reasons" className="divide-y border-y">
          {reasons.map((reason, i) => (
            <li key={reason.id} className="flex items-center gap-1 py-1.5">
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{reason.name}</span>
              {may ? (
                <>
                  <IconButton
                    label={`Move ${reason.name} up`}
                    size="iconSm"
                    disabled={i === 0 || save.isPending}
                    onClick={() => change({ lost_reasons: moved(reasons, i, -1) }, `${reason.name} moved up`)}
                  >
                    <ArrowUp size={14} />
                  </IconButton>
                  <IconButton
                    label={`Move ${reason.name} down`}
                    size="iconSm"
                    disabled={i === reasons.length - 1 || save.isPending}
                    onClick={() => change({ lost_reasons: moved(reasons, i, 1) }, `${reason.name} moved down`)}
                  >
                    <ArrowDown size={14} />
                  </IconButton>
                  <IconButton
                    label={`Change ${reason.name}`}
                    size="iconSm"
                    onClick={() => setOpen({ what: "reason", reason })}
                  >
                    <Pencil size={14} />
                  </IconButton>
                  {reason.id === "other" ? null : (
                    <IconButton
                      label={`Delete ${reason.name}`}
                      size="iconSm"
                      disabled={save.isPending}
                      onClick={() =>
                        change({ lost_reasons: reasons.filter(({ id }) => id !== reason.id) }, `${reason.name} deleted`)
                      }
                    >
                      <Trash2 size={14} />
                    </IconButton>
                  )}
                </>
              ) : null}
            </li>
          ))}
        </ol>
      </section>
      {open?.what === "stage" ? <StageDialog pipeline={pipeline} stage={open.stage} onClose={close} /> : null}
      {open?.what === "delete" ? <DeleteStage pipeline={pipeline} stage={open.stage} onClose={close} /> : null}
      {open?.what === "reason" ? <ReasonDialog pipeline={pipeline} reason={open.reason} onClose={close} /> : null}
    </div>
  );
}
