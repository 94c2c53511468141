/** The least notice that Azure documents, in ms (Azure docs: Scheduled Events, "Event scheduling"; of Terminate the least of the 5 to 15 min that a user may set). */
export const documentedNoticeMs: Readonly<Record<string, number>> = {
  Freeze: 900_000,
  Reboot: 900_000,
  Redeploy: 600_000,
  Preempt: 30_000,
  Terminate: 300_000,
};
