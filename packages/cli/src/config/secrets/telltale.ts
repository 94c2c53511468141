/** A reference as it may be shown: without its fallback and its closing brace. */
export const reference = /(?<!\$)\$\{(?:env:[A-Za-z_]\w*|file:[^}"'\s]+?)(?=\}|:-)/g;

/** What is a secret wherever it stands: by what is written before it, or by its own beginning. */
const telltales: readonly RegExp[] = [
  // The paths of incoming webhooks: Slack, Discord, Teams. JSON may write \/ for a slash; what ends in … is an example.
  /(?<=\bhooks\.slack(?:-gov)?\.com(?::\d+)?\\?\/(?:(?:services|workflows|triggers)\\?\/)?)(?!services|workflows|triggers)[^\s"'`<>…]+/gi,
  /(?<=\bdiscord(?:app)?\.com(?::\d+)?\\?\/api\\?\/(?:v\d+\\?\/)?webhooks\\?\/)[^\s"'`<>…]+/gi,
  /(?<=\b(?:webhook\.office|outlook\.office(?:365)?)\.com(?::\d+)?\\?\/webhook(?:b2)?\\?\/)[^\s"'`<>…]+/gi,
  // The keys of connection strings, and of signed URLs: Event Hubs, Azure Functions, Logic Apps, Power Automate.
  /(?<=\b(?:sig|SharedAccessKey|SharedAccessSignature|AccountKey)=)[^\s"'`<>&;…]+/gi,
  /(?<=[?&;](?:code|key|token|secret|password|api[-_]?key|access[-_]?token)=)[^\s"'`<>&;…]+/gi,
  // Tokens that say what they are.
  /(?<=\bBearer )[\w.~+/=-]{16,}/gi,
  /\b(?:xox[a-z]-|xapp-|whsec_)[\w+/=-]{8,}/g,
];

/** The user and password of a URL, also one whose slashes were taken for those of a path. */
const userInfo = /(?<=[A-Za-z][\w+.-]*:(?:\\?\/){1,2})[^\s"'`<>\\/?#@]+(?:@[^\s"'`<>\\/?#@]*)*(?=@)/g;

/** The secrets that can be recognized in a text whatever it was given as, as they are written there. */
export function telltalesIn(text: string): readonly string[] {
  return telltales.flatMap((pattern) => [...text.matchAll(pattern)].map(([found]) => found));
}

/**
 * A text of the same length with `*` in place of every secret that can be recognized in it, and of users and passwords of
 * URLs; references stay.
 */
export function hideTelltales(text: string): string {
  const found = [...telltales, userInfo].flatMap((pattern) => [...text.matchAll(pattern)]);
  if (found.length === 0) return text;
  const shown = text.split("");
  for (const { 0: secret, index } of found) shown.fill("*", index, index + secret.length);
  for (const { 0: name, index } of text.matchAll(reference)) {
    const close = text.indexOf("}", index);
    for (const place of [...Array(name.length).keys(), close - index])
      shown[index + place] = text[index + place] ?? "*";
  }
  return shown.join("");
}
