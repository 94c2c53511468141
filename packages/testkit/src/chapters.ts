import type { Chapter } from "./case.ts";
import { definition } from "./cases/definition.ts";
import { delivery } from "./cases/delivery.ts";
import { failures } from "./cases/failures.ts";
import { life } from "./cases/life.ts";
import { secrecy } from "./cases/secrecy.ts";
import { throttling } from "./cases/throttling.ts";
import { waiting } from "./cases/waiting.ts";

/** The whole contract, as `docs/sink-contract.md` tells it. */
export const chapters: readonly Chapter[] = [
  definition,
  delivery,
  failures,
  throttling,
  waiting,
  life,
  secrecy,
];
