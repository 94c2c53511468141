/** An Error whose message says what failed, where, and what to do; `code` is the operating system's, such as EADDRINUSE. */
export interface ListenError extends Error {
  readonly code: string;
}

/** The clear form of an error of `server.listen`. */
export function listenError(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  const code = error.code ?? "";
  const reason = explain(code, host, port) ?? error.message;
  return Object.assign(new Error(`Cannot listen on ${hostPort(host, port)}: ${reason}`, { cause: error }), {
    code,
  });
}

/** `host:port`, an IPv6 address in brackets. */
export function hostPort(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function explain(code: string, host: string, port: number): string | undefined {
  switch (code) {
    case "EADDRINUSE":
      return "the port is taken. Stop the program that listens there, or choose another port (0 picks a free one).";
    case "EADDRNOTAVAIL":
      return `this machine has no address ${host}. Give one that it has, such as 127.0.0.1.`;
    case "EACCES":
      return `no permission for port ${port}. Run as root or with CAP_NET_BIND_SERVICE, or choose a port above 1023.`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `"${host}" is not an address of this machine. Give an IP address such as 127.0.0.1.`;
    default:
      return undefined;
  }
}
