// Dialog in the middle, drawer at the side. Their code is fetched when the user first acts, or when one opens.
import { lazy, Suspense } from "react";
import { whenAwake } from "@/shared/lib/awake";
import type { DialogProps } from "./dialog-parts";

const load = () => import("./dialog-parts");
const LazyDialog = lazy(() => load().then((m) => ({ default: m.Dialog })));
const LazyDrawer = lazy(() => load().then((m) => ({ default: m.Drawer })));

whenAwake(() => void load());

export function Dialog(props: DialogProps) {
  if (!props.open) return null;
  return (
    <Suspense fallback={null}>
      <LazyDialog {...props} />
    </Suspense>
  );
}

export function Drawer(props: DialogProps) {
  if (!props.open) return null;
  return (
    <Suspense fallback={null}>
      <LazyDrawer {...props} />
    </Suspense>
  );
}
