import { nameOf } from "../checked/finding.ts";
import type { Finding } from "../checked/finding.ts";

/** What the control API says when it cannot do what was asked; its message is one sentence. */
export interface ControlError extends Error {
  readonly status: number;
  /** The key of the body or the part of the path that is meant. */
  readonly where: string;
  readonly cure: string;
  /** All that is wrong, where it is more than one thing. */
  readonly problems?: readonly Problem[];
}

interface Problem {
  readonly error: string;
  readonly where: string;
  readonly cure?: string;
}

/** Whether the error is a ControlError. */
export function isControlError(error: unknown): error is ControlError {
  return error instanceof Error && "status" in error && "cure" in error;
}

/** An error for the caller. */
export function controlError(status: number, message: string, where: string, cure: string): ControlError {
  return Object.assign(new Error(message), { status, where, cure });
}

/** 400 for what is wrong with a body. */
export function findingsError(findings: readonly [Finding, ...Finding[]]): ControlError {
  const problems = findings.map(({ message, path, cure }) => ({
    error: message,
    where: nameOf(path, "body"),
    ...(cure !== undefined && { cure }),
  }));
  const [{ path, message, cure }] = findings;
  const error = controlError(400, message, nameOf(path, "body"), cure ?? "correct the body");
  return problems.length === 1 ? error : Object.assign(error, { problems });
}

/** The answer's body: what, where, and what to do. */
export function errorJson({ message, where, cure, problems }: ControlError): object {
  return { error: message, where, cure, ...(problems && { problems }) };
}
