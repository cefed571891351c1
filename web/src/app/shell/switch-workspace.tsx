// The workspaces that the user's login opens; choosing one loads the app anew in it.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { client, unwrap } from "@/api/client";
import { enterWorkspace } from "@/api/enter-workspace";
import { roleWords } from "@/shared/lib/roles";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Loaded } from "@/shared/ui/states";
import { toastProblem } from "@/shared/ui/toast";

export function SwitchWorkspace({ close }: { close: () => void }) {
  const query = useQuery({
    queryKey: ["workspaces"],
    queryFn: ({ signal }) => unwrap(client.GET("/api/auth/workspaces", { signal })),
  });
  const enter = useMutation({
    mutationFn: enterWorkspace,
    onError: (error) => toastProblem("Could not switch the workspace", error),
  });
  return (
    <Dialog
      open
      onClose={close}
      title="Switch workspace"
      description="Every tab of this browser shows the workspace that you choose."
    >
      <Loaded query={query} what="Your workspaces">
        {(list) => (
          <ul className="space-y-1">
            {list.items.map((item) => (
              <li key={item.id}>
                <Button
                  kind="row"
                  className="gap-3 rounded-control px-3 py-2 max-sm:min-h-11"
                  busy={enter.isPending && enter.variables === item.id}
                  aria-current={item.current ? "true" : undefined}
                  onClick={() => (item.current ? close() : enter.mutate(item.id))}
                >
                  <span className="min-w-0 grow">
                    <span className="block truncate font-medium">{item.name}</span>
                    <span className="block text-meta text-ink-2">{roleWords(item.role)}</span>
                  </span>
                  {item.current ? <Check size={16} aria-label="The one you are in" /> : null}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Dialog>
  );
}
