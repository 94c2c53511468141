import { nearest } from "@forewarn/sdk";
import { type ConfigDocument, placeOf } from "../document/document.ts";
import type { Draft } from "../document/draft.ts";
import { type ReferenceFailure, type Substitution, tooLarge } from "../document/substitute.ts";
import type { Pointer } from "../pointer.ts";
import type { Finding, Problem } from "../problems/problem.ts";
import type { Knowledge } from "../schema/knowledge.ts";

/** The problems of the references that could not be replaced, each at its own `${`. */
export function referenceProblems(draft: Draft, knowledge: Knowledge): readonly Problem[] {
  return [...draft.substitutions].flatMap(([pointer, substitution]) =>
    substitution.failures.map((failure): Problem => {
      // An @ may end the password of a URL.
      const mayBeSecret = knowledge.isSecret(pointer) || failure.part.raw.includes("@");
      const hidden = mayBeSecret && !isOnlyReference(substitution);
      return {
        ...findingOf(failure, hidden, draft.environment),
        path: pointer,
        file: draft.document.file,
        ...positionOf(draft.document, pointer, substitution, failure),
      };
    }),
  );
}

function findingOf(failure: ReferenceFailure, hidden: boolean, names: readonly string[]): Finding {
  const { part } = failure;
  if (part.kind === "env") {
    const near = nearest(part.name, names);
    return {
      code: "CONFIG_ENV_NOT_SET",
      message: `the environment variable ${part.name} is not set`,
      suggestion:
        near === undefined
          ? `set ${part.name}, or write \${env:${part.name}:-default}`
          : `did you mean \${env:${near}}? else set ${part.name}`,
    };
  }
  if (part.kind === "file") {
    return {
      code: "CONFIG_FILE_UNREADABLE",
      message: `the file ${part.path} cannot be read: ${failure.reason ?? "unknown"}`,
      suggestion:
        failure.reason === tooLarge
          ? "name a file that holds this value and nothing else"
          : "a relative path is taken from the directory of this file",
    };
  }
  const forms = "write ${env:NAME}, ${env:NAME:-default} or ${file:/path}; for a literal ${ write $${";
  return {
    code: "CONFIG_BAD_REFERENCE",
    message: hidden ? "a ${ begins something that is no reference" : `${part.raw} is no reference`,
    suggestion:
      hidden || part.meant === undefined || part.raw.includes("@")
        ? forms
        : `write ${part.meant}; for a literal \${ write $\${`,
  };
}

/** Whether the whole string is one misspelled reference, such as `${TOKEN}`: then it is no secret itself. */
function isOnlyReference({ parts }: Substitution): boolean {
  const [part] = parts;
  return parts.length === 1 && part?.kind === "malformed" && /^\$\{[A-Z_][A-Z0-9_]*\}$/.test(part.raw);
}

function positionOf(
  document: ConfigDocument,
  pointer: Pointer,
  { parts }: Substitution,
  { part }: ReferenceFailure,
) {
  const { start, end } = placeOf(document, pointer).value;
  const source = document.text.slice(start, end);
  const written = [...source.matchAll(/\$\{/g)].map((match) => match.index);
  const read = parts.reduce(
    (count, each) => count + openings(each.kind === "text" ? each.text : each.raw),
    0,
  );
  const before = parts
    .slice(0, parts.indexOf(part))
    .reduce((count, each) => count + openings(each.kind === "text" ? each.text : each.raw), 0);
  // Escapes of a quoted string may spell a `${`; then only the whole string can be pointed at.
  const offset = written.length === read ? written[before] : undefined;
  const length = offset === undefined ? Math.max(1, source.search(/\r?\n|$/)) : part.raw.search(/\r?\n|$/);
  return { ...document.positionOf(start + (offset ?? 0)), length };
}

function openings(text: string): number {
  return text.split("${").length - 1;
}
