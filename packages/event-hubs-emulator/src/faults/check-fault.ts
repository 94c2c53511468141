import type { Fault, FaultPoint } from "./fault.ts";

/** What a field must be: a sentence for the error, and the check. */
interface Field {
  readonly is: string;
  readonly check: (value: unknown) => boolean;
}

const text: Field = { is: "a text", check: (value) => typeof value === "string" && value !== "" };
const condition: Field = { ...text, is: 'an AMQP condition such as "com.microsoft:server-busy"' };
const ms: Field = {
  is: "a number of milliseconds, 0 to 2147483647",
  check: (value) => typeof value === "number" && value >= 0 && value <= 2_147_483_647,
};
const status: Field = {
  is: "a status code such as 401",
  check: (value) => Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599,
};
const stored: Field = { is: "true or false", check: (value) => typeof value === "boolean" };
const role: Field = {
  is: '"sender" or "receiver"',
  check: (value) => value === "sender" || value === "receiver",
};
const times: Field = {
  is: 'a whole number from 1 on, or "always"',
  check: (value) => value === "always" || (Number.isInteger(value) && Number(value) >= 1),
};

type Fields = Readonly<Record<string, Field>>;

const error = { required: { condition }, optional: { description: text } };
const delay = { required: { ms }, optional: {} };
const nothing: { readonly required: Fields; readonly optional: Fields } = { required: {}, optional: {} };
const request = {
  hang: nothing,
  delay,
  refuse: { required: { status }, optional: { description: text, condition } },
};

/** Every kind of fault, with the fields that it has beside `at`, `do` and the scope. */
const kinds: Readonly<Record<FaultPoint, Readonly<Record<string, typeof nothing>>>> = {
  connect: { "black-hole": nothing, drop: nothing },
  "put-token": request,
  management: request,
  attach: { refuse: error, "no-credit": nothing, delay },
  send: {
    reject: error,
    release: nothing,
    modify: nothing,
    hang: nothing,
    delay,
    detach: error,
    close: error,
    drop: nothing,
  },
};

const ofPoint: Readonly<Partial<Record<string, Fields>>> = { attach: { role }, send: { stored } };

/** The value as a fault; throws a RangeError that says which field is wrong and what it may be. */
export function checkFault(value: unknown): Fault {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new RangeError('A fault is an object such as {"at":"send","do":"hang"}.');
  const fault = value as Readonly<Record<string, unknown>>;
  const at = choose("at", fault["at"], kinds);
  const kind = choose(`do (at "${String(fault["at"])}")`, fault["do"], at);
  const scope: Fields = { times, hub: text, partition: text };
  const optional: Fields = { ...scope, ...ofPoint[String(fault["at"])], ...kind.optional };
  for (const [name, field] of Object.entries(kind.required)) verify(name, field, fault[name]);
  for (const [name, given] of Object.entries(fault)) {
    if (name === "at" || name === "do" || given === undefined || name in kind.required) continue;
    const field = Object.hasOwn(optional, name) ? optional[name] : undefined;
    if (field === undefined)
      throw new RangeError(
        `This fault has no field "${name}". It has: ${[...Object.keys(kind.required), ...Object.keys(optional)].join(", ")}.`,
      );
    verify(name, field, given);
  }
  return value as Fault;
}

function choose<Choice>(name: string, value: unknown, choices: Readonly<Record<string, Choice>>): Choice {
  const choice = typeof value === "string" && Object.hasOwn(choices, value) ? choices[value] : undefined;
  if (choice !== undefined) return choice;
  const known = Object.keys(choices).map((key) => `"${key}"`);
  throw new RangeError(`A fault's ${name} is one of ${known.join(", ")}, not ${JSON.stringify(value)}.`);
}

function verify(name: string, field: Field, value: unknown): void {
  if (!field.check(value))
    throw new RangeError(`A fault's ${name} is ${field.is}, not ${JSON.stringify(value)}.`);
}
