// Starts the app.
import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./index.css";
import { queryClient } from "./api/query";
import { currentIdentity, onSessionChange } from "./api/session";
import { watchTheme } from "./app/theme/theme";
import { router } from "./routes";

watchTheme();
// What was loaded for one user or workspace is never shown to the next.
let shownTo: string | undefined;
onSessionChange(() => {
  const now = currentIdentity();
  const owner = now && `${now.workspace.id} ${now.user.id}`;
  if (!owner || (shownTo && shownTo !== owner)) queryClient.clear();
  if (shownTo && !owner) void router.invalidate();
  shownTo = owner;
});

const place = document.getElementById("root");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>,
  );
}
