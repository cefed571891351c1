// A part of a page that is fetched when it is first shown, or before that once the user acts.
import { type ComponentType, lazy, type ReactNode, Suspense, useRef } from "react";
import { whenAwake } from "@/shared/lib/awake";

/**
 * With an `open` of its own it is fetched when it first opens, and keeps its state after it closes.
 * Until it is there `waiting` is shown, which may be made of the part's own props.
 */
export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  waiting: ReactNode | ((props: P) => ReactNode) = null,
): ComponentType<P> {
  const Part = lazy(() => load().then((part) => ({ default: part as ComponentType<object> })));
  let asked = false;
  return function Later(props: P) {
    const isShown = useRef(false);
    if (!asked) {
      asked = true;
      whenAwake(() => void load());
    }
    isShown.current ||= !("open" in props && props.open === false);
    if (!isShown.current) return null;
    return (
      <Suspense fallback={typeof waiting === "function" ? waiting(props) : waiting}>
        <Part {...props} />
      </Suspense>
    );
  };
}
