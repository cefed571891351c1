// The notice that the connection is lost, and what happens to text that the user writes meanwhile.
import { CloudOff } from "lucide-react";
import { useSyncExternalStore } from "react";

const onChange = (listener: () => void) => {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
};

export function OfflineLine() {
  const online = useSyncExternalStore(onChange, () => navigator.onLine !== false);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-0 z-40 flex justify-center">
      {online ? null : (
        <p className="pointer-events-auto mb-3 flex items-center gap-2 rounded-toast border border-line bg-raised px-3.5 py-2 shadow-float max-sm:mb-20">
          <CloudOff size={16} aria-hidden="true" className="text-held" />
          You are offline. Your changes are kept on this device and saved when you are back online.
        </p>
      )}
    </div>
  );
}
