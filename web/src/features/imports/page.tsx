// Import: a file becomes leads, and every row is accounted for.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { Stepper } from "@/app/parts/stepper";
import { Page } from "@/app/shell/page";
import { Loaded } from "@/shared/ui/states";
import { toastProblem } from "@/shared/ui/toast";
import { CheckStep } from "./check-step";
import { MapStep } from "./map-step";
import { formatWords, STATIONS, station } from "./model";
import { importQuery, useImportMoves } from "./queries";
import { ResultStep } from "./result-step";
import type { ChooseOptions } from "./unknown-options";
import { UploadStep } from "./upload-step";

export function ImportPage() {
  const { id } = useParams({ strict: false }) as { id?: string };
  const navigate = useNavigate();
  if (!id) {
    return (
      <Page title="Import">
        <ImportSteps current={0} />
        <UploadStep onMade={(made) => void navigate({ to: "/import/$id", params: { id: made } })} />
      </Page>
    );
  }
  return <One key={id} id={id} />;
}

function ImportSteps({ current, done, aside }: { current: number; done?: boolean; aside?: string }) {
  return (
    <div className="flex min-h-12 shrink-0 flex-wrap items-center justify-between gap-x-6 gap-y-1 border-b px-6 py-2 max-lg:px-4">
      <Stepper label="Steps" items={STATIONS} current={current} done={done} />
      {aside ? <span className="text-ink-2">{aside}</span> : null}
    </div>
  );
}

function One({ id }: { id: string }) {
  const [checking, setChecking] = useState(false);
  const [remapping, setRemapping] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const { map, check } = useImportMoves(id);
  const query = useQuery(importQuery(id, checking));
  const view = query.data;
  const navigate = useNavigate();
  if (checking && view && (view.state === "checked" || view.state === "failed")) setChecking(false);
  /** Saves the options that a column's field gets, and counts all rows again. */
  const chooseOptions: ChooseOptions = async (column, options) => {
    setChoosing(true);
    try {
      const { header, field } = column;
      await map.mutateAsync({ columns: [{ header, field: field ?? null, add_options: options }] });
      const checked = await check.mutateAsync().catch((error) => toastProblem("Could not check the rows", error));
      if (checked) setChecking(true);
    } finally {
      setChoosing(false);
    }
  };
  const at = remapping ? 1 : station(view, checking || choosing);
  return (
    <Page title={view?.file_name ?? "Import"} parent={{ to: "/import", label: "Import" }}>
      <ImportSteps
        current={at}
        done={view?.state === "done"}
        aside={view?.columns.length ? formatWords(view) : undefined}
      />
      <Loaded query={query} what="This import">
        {(v) =>
          v.state === "uploading" ? (
            <UploadStep unfinished={v} onMade={(made) => void navigate({ to: "/import/$id", params: { id: made } })} />
          ) : (v.state === "mapped" || remapping) && !checking && !choosing ? (
            <MapStep
              view={v}
              onChecking={() => {
                setRemapping(false);
                setChecking(true);
              }}
            />
          ) : v.state === "checked" || checking || choosing ? (
            <CheckStep
              view={v}
              checking={checking || (choosing && v.state === "mapped")}
              onBack={() => setRemapping(true)}
              onOptions={chooseOptions}
            />
          ) : (
            <ResultStep view={v} />
          )
        }
      </Loaded>
    </Page>
  );
}
