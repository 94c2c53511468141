export { cutText as cut, listed, oneLine } from "@forewarn/sdk";

/** `1 event`, `2 events`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
