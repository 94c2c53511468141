import { MisconfiguredError, percentDecoded } from "@forewarn/sdk";

/** Takes the URL of a webhook, and its parts that are secret too, out of a text. */
export type HideUrl = (text: string) => string;

/** Throws a `MisconfiguredError` where a URL cannot be that of an incoming webhook; it never shows the URL. */
export function checkUrl(url: string): void {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw wrong("must be an http or https URL, such as https://hooks.slack.com/services/T…/B…/…");
  }
  if (parsed.username + parsed.password !== "") throw wrong("must hold no user and no password");
  const isSlack = /(^|\.)slack(-gov)?\.com$/.test(parsed.hostname);
  if (isSlack && parsed.pathname.startsWith("/triggers/")) {
    throw wrong("leads to a workflow, which takes no messages: make an incoming webhook");
  }
  if (isSlack && !/^\/services\/[^/]+\/[^/]+\/[^/]+$/.test(parsed.pathname)) {
    throw wrong(
      "is no webhook's: it must look like https://hooks.slack.com/services/T…/B…/…; copy it from the page Incoming Webhooks of your Slack app",
    );
  }
}

function wrong(what: string): MisconfiguredError {
  return new MisconfiguredError(`option url: ${what}`);
}

const shortestSecret = 8;

/** Hides a webhook's URL: whole, its path, and each longer part of the path, which alone could be enough to guess it. */
export function createHideUrl(url: string): HideUrl {
  const { href, pathname, search, hash } = new URL(url);
  const parts = [...pathname.split("/"), ...search.split(/[?&=]/)].filter(
    (part) => part.length >= shortestSecret,
  );
  const forms = [
    url,
    href,
    pathname + search + hash,
    pathname + search,
    ...(pathname.length > 1 ? [pathname] : []),
    ...parts,
  ];
  const secrets = [...new Set(forms.flatMap((form) => [form, percentDecoded(form)]))]
    .filter((form) => form.length > 1)
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, () => "[redacted]"), text);
}
