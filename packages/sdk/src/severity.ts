/** How bad it is, lowest first. */
export const severities = ["info", "warn", "error"] as const;

/** One of {@link severities}. */
export type Severity = (typeof severities)[number];

const numbers: Readonly<Record<Severity, number>> = { info: 9, warn: 13, error: 17 };

/** The `severitynumber` of a severity: INFO 9, WARN 13, ERROR 17 (CloudEvents severity extension, OpenTelemetry logs). */
export function severityNumber(severity: Severity): number {
  return numbers[severity];
}

/** Whether `severity` is `least` or worse. */
export function atLeast(severity: Severity, least: Severity): boolean {
  return numbers[severity] >= numbers[least];
}
