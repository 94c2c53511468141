/** What a key or a token allows: `send` publishes, `listen` reads, `manage` includes both. */
export type Right = "send" | "listen" | "manage";

/** The three rights, in the order in which Azure lists them. */
export const allRights: readonly Right[] = ["manage", "send", "listen"];

/** Whether the rights allow what is wanted. */
export function allows(rights: readonly Right[], wanted: Right): boolean {
  return rights.includes(wanted) || rights.includes("manage");
}
