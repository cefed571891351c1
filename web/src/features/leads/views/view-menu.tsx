// What one may do with the saved view that is shown: keep its changes, drop them, rename, share, delete.

import { Ellipsis } from "lucide-react";
import { useState } from "react";
import type { SavedView } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { useIdentity } from "@/app/auth/use-session";
import { useCommands } from "@/app/commands/registry";
import { Button, IconButton } from "@/shared/ui/button";
import { Menu } from "@/shared/ui/menu";
import { toast, toastProblem } from "@/shared/ui/toast";
import type { ListSearch } from "../model";
import { contentOf, differs, useViewMoves } from "./moves";
import { RenameView } from "./save-view";

export function ViewMenu({
  view,
  search,
  onShow,
  onGone,
}: {
  view: SavedView;
  /** The list as it is shown. */
  search: ListSearch;
  /** Shows the view as it is saved. */
  onShow: (id: string) => void;
  onGone: () => void;
}) {
  const isChanged = differs(search, view);
  const me = useIdentity()?.user.id;
  const admin = useMay("admin");
  const rep = useMay("rep");
  const mayChange = rep && (view.owner === me || (admin && view.shared));
  const { change, remove, restore } = useViewMoves();
  const [isRenaming, setRenaming] = useState(false);
  const isBusy = change.isPending || remove.isPending;
  const save = () =>
    change.mutate(
      { id: view.id, rev: view.rev, ...contentOf(search) },
      {
        onSuccess: (saved) => {
          onShow(view.id);
          const { filter, segment, sort, order, columns } = view;
          toast(`${view.name} saved`, {
            undo: () => change.mutateAsync({ id: view.id, rev: saved.rev, filter, segment, sort, order, columns }),
          });
        },
        onError: (error) => toastProblem(`Could not save ${view.name}`, error),
      },
    );
  const share = (shared: boolean) =>
    change.mutate(
      { id: view.id, rev: view.rev, shared },
      {
        onSuccess: (saved) =>
          toast(shared ? `${view.name} is shared with everyone` : `${view.name} is private now`, {
            undo: () => change.mutateAsync({ id: view.id, rev: saved.rev, shared: !shared }),
          }),
        onError: (error) => toastProblem(`Could not ${shared ? "share" : "unshare"} ${view.name}`, error),
      },
    );
  const drop = () =>
    remove.mutate(view.id, {
      onSuccess: () => {
        onGone();
        toast(`View ${view.name} deleted`, { undo: () => restore(view).then(({ id }) => onShow(id)) });
      },
      onError: (error) => toastProblem(`Could not delete ${view.name}`, error),
    });
  useCommands(
    mayChange
      ? [
          ...(isChanged
            ? [{ id: "save-view", title: `Save changes to ${view.name}`, group: "This page" as const, run: save }]
            : []),
          {
            id: "rename-view",
            title: `Rename ${view.name}`,
            also: "view",
            group: "This page",
            run: () => setRenaming(true),
          },
        ]
      : [],
  );
  const reset = () => onShow(view.id);
  return (
    <>
      {isChanged ? (
        <span className="flex items-center gap-1 max-sm:hidden">
          {mayChange ? (
            <Button size="sm" busy={isBusy} onClick={save}>
              Save changes
            </Button>
          ) : null}
          <Button size="sm" kind="quiet" onClick={reset}>
            Reset
          </Button>
        </span>
      ) : null}
      {mayChange || isChanged ? (
        <Menu
          label={`Actions on ${view.name}`}
          align="start"
          trigger={
            <IconButton label={`Actions on ${view.name}`} size="iconSm">
              <Ellipsis size={15} />
            </IconButton>
          }
          items={[
            ...(mayChange && isChanged ? [{ label: "Save changes", run: save, disabled: isBusy }] : []),
            ...(isChanged ? [{ label: "Reset to the saved view", run: reset }] : []),
            ...(mayChange
              ? [
                  { label: "Rename", run: () => setRenaming(true) },
                  // Private again it is its owner's alone: nobody else may take it from the others.
                  ...(view.owner !== me
                    ? []
                    : view.shared
                      ? [{ label: "Make private", run: () => share(false), disabled: isBusy }]
                      : [{ label: "Share with everyone", run: () => share(true), disabled: isBusy }]),
                  { label: "Delete", run: drop, danger: true, disabled: isBusy },
                ]
              : []),
          ]}
        />
      ) : null}
      {isRenaming ? <RenameView view={view} onClose={() => setRenaming(false)} /> : null}
    </>
  );
}
