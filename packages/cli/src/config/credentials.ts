/** Whether a text is a URL that carries a user or a password. */
export function isUrlWithCredentials(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username !== "" || password !== "";
}

/** A text of the same length without the user and password of any URL in it, be the URL well-formed or not. */
export function hideCredentials(text: string): string {
  return text.replaceAll(/(?<=:\/\/)[^/\s"']+(?=@)/g, (found) => "*".repeat(found.length));
}
