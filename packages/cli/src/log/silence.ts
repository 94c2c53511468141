const patienceMs = 5000;

/**
 * Says once, after 5 s, why IMDS may not have answered yet; call what is returned when it has. Its first answer about
 * scheduled events may take 2 minutes (Azure docs: Scheduled Events, "Enabling and disabling"), and a firewall that
 * drops packets looks the same.
 */
export function explainSilence(say: (text: string) => void): () => void {
  const timer = setTimeout(() => {
    say(
      "no answer of IMDS yet. The first one about scheduled events takes up to 2 minutes where nobody asked for them before; if none comes, check that this is an Azure VM and that no firewall or network policy drops the way to 169.254.169.254.",
    );
  }, patienceMs);
  timer.unref();
  return () => clearTimeout(timer);
}
