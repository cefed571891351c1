// Everything that shows leads is looked at again once leads were deleted, restored or erased.
import type { QueryClient } from "@tanstack/react-query";

export function lookAgain(cache: QueryClient) {
  for (const key of ["leads", "campaigns", "inbox", "tasks"]) void cache.invalidateQueries({ queryKey: [key] });
}
