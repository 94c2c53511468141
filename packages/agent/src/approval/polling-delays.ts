/**
 * What polling does to restarts that people ask for: the first request for Scheduled Events enables them for the VM and
 * all VMs that share its events (Azure docs: Scheduled Events, "Enabling and disabling Scheduled Events").
 */
export const pollingDelaysRestarts =
  "Since something asks for Scheduled Events here, a restart or redeploy that a user asks for waits up to 15 minutes before it happens, unless somebody approves it: `approve: user` in the configuration, or `forewarn approve`.";
