import { checkAll, compileTemplate } from "@forewarn/sdk";
import { escapeMrkdwn, plain } from "./mrkdwn.ts";
import type { Parts } from "./parts.ts";

/** The user's own title, text and fields, as templates. */
export interface TemplateSources {
  readonly title?: string;
  readonly text?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** Puts the user's own parts in the place of Forewarn's. */
export type Customize = (parts: Parts, event: object) => Parts;

const mostOfValue = 2000;

/** Throws what is wrong with the user's templates, with all of them at once, as {@link compileTemplates} does. */
export function checkTemplates({ title, text, fields = {} }: TemplateSources): void {
  const parts: readonly TemplateSources[] = [
    ...(title === undefined ? [] : [{ title }]),
    ...(text === undefined ? [] : [{ text }]),
    ...Object.entries(fields).map(([name, source]) => ({ fields: { [name]: source } })),
  ];
  checkAll(parts.map((part) => () => void compileTemplates(part)));
}

/** Compiles the user's templates; throws a `TemplateError` that names the option, the place and the cure. */
export function compileTemplates({ title, text, fields }: TemplateSources): Customize {
  const inTitle = (value: string) => plain(value, mostOfValue);
  const ownTitle =
    title === undefined ? undefined : compileTemplate(title, { option: "title", escape: inTitle });
  const ownText =
    text === undefined ? undefined : compileTemplate(text, { option: "text", escape: escapeMrkdwn });
  const ownFields = Object.entries(fields ?? {}).map(([name, source]) => ({
    label: name === "" ? "" : `*${escapeMrkdwn(name)}*  `,
    write: compileTemplate(source, { option: `fields.${name}`, escape: escapeMrkdwn }),
  }));

  return (parts, event) => ({
    ...parts,
    ...(ownTitle === undefined ? {} : { title: ownTitle(event) }),
    ...(ownText === undefined ? {} : { lead: [ownText(event)] }),
    ...(fields === undefined ? {} : { facts: ownFields.map(({ label, write }) => label + write(event)) }),
  });
}
