// The page of a lead that is deleted and can still be restored.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { asProblem } from "@/api/errors";
import { useMay } from "@/app/auth/use-may";
import { useDeletion } from "@/app/deletion/deletion";
import { EraseDialog } from "@/app/deletion/erase-dialog";
import { Button, buttonStyle } from "@/shared/ui/button";
import { Empty } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";

export function DeletedLead({ id, error }: { id: string; error: unknown }) {
  const may = useMay("manager");
  const { restore } = useDeletion();
  const [erasing, setErasing] = useState(false);
  return (
    <>
      <Empty
        title="This lead is deleted"
        actions={
          may ? (
            <>
              <Button
                kind="primary"
                busy={restore.isPending}
                onClick={() =>
                  restore.mutate(id, {
                    onSuccess: (lead) => toast(`Restored ${lead.name}`),
                    onError: (problem) => toastProblem("Could not restore the lead", problem),
                  })
                }
              >
                Restore
              </Button>
              <Button kind="quiet" onClick={() => setErasing(true)}>
                Erase now
              </Button>
              <Link to="/leads/deleted" className={buttonStyle({ kind: "quiet" })}>
                Recently deleted
              </Link>
            </>
          ) : undefined
        }
      >
        {asProblem(error).detail}{" "}
        {may ? "It comes back as it was; its campaigns have ended." : "Ask a manager to restore it."}
      </Empty>
      {erasing ? <EraseDialog lead={{ id, name: "this lead" }} onClose={() => setErasing(false)} /> : null}
    </>
  );
}
