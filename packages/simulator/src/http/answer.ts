/** An HTTP answer; the simulator adds `Server` and `Content-Length`, and a JSON `Content-Type` unless one is given. */
export interface ServerAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, text and bytes as they are; absent = no body. */
  readonly body?: string | Uint8Array | object;
}

/** An answer that wants to know when its last byte was handed to the operating system. */
export interface TrackedAnswer extends ServerAnswer {
  readonly sent?: () => void;
}

/** 200 with a JSON body. */
export function json(body: object): ServerAnswer {
  return { status: 200, body };
}

/** 200 with plain text (the Content-Type of text answers is not documented). */
export function text(body: string): ServerAnswer {
  return { status: 200, headers: { "Content-Type": "text/plain; charset=utf-8" }, body };
}

/** 400 in the error shape of the instance family; Azure documents no text beyond the verbatim ones below. */
export function badRequest(error: string): ServerAnswer {
  return { status: 400, body: { error: `Bad request. ${error}` } };
}

/** 400 verbatim as captured from Azure, dot after the colon included. */
export const metadataHeaderMissing: ServerAnswer = {
  status: 400,
  body: { error: "Bad request: . Required metadata header not specified" },
};

/** 400 verbatim (Azure docs: IMDS, versions): names the three newest of the ascending `versions`. */
export function apiVersionInvalid(versions: readonly string[]): ServerAnswer {
  return {
    status: 400,
    body: {
      error:
        "Bad request. api-version is invalid or was not specified in the request. For more information refer to aka.ms/azureimds",
      "newest-versions": versions.toReversed().slice(0, 3),
    },
  };
}

/** 404; the status is documented, the text is not. */
export const notFound: ServerAnswer = { status: 404, body: { error: "Not found" } };

/** 405 with the text that Azure documents for the load balancer endpoint. */
export function methodNotAllowed(path: string, method: string, allowed: readonly string[]): ServerAnswer {
  return {
    status: 405,
    headers: { Allow: allowed.join(", ") },
    body: { error: `Http method isn't allowed: Path = "${path}", Method = "${method}"` },
  };
}

/** 429; the status is documented, the text is not, and captures carry no Retry-After. */
export const tooManyRequests: ServerAnswer = { status: 429, body: { error: "Too many requests" } };
