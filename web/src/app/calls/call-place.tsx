// Shows the call bar on any page, from the moment at which a call goes on until the user closes it.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { useMay } from "@/app/auth/use-may";
import { useStore } from "@/shared/lib/store";
import { goesOn, myCallQuery } from "./phone-link";
import { shownCall } from "./placing";

const CallBar = lazy(() => import("./call-bar").then((m) => ({ default: m.CallBar })));

export function CallPlace() {
  const may = useMay("rep");
  const call = useQuery({ ...myCallQuery, enabled: may }).data?.call;
  const shown = useStore(shownCall);
  const isOn = goesOn(call);
  useEffect(() => {
    if (isOn && call) shownCall.set(call.id);
  }, [isOn, call]);
  if (!call || (!isOn && shown !== call.id)) return null;
  return (
    <Suspense fallback={null}>
      <CallBar call={call} />
    </Suspense>
  );
}
