// Class names, joined.
export { clsx as cx } from "clsx";
