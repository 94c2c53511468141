import { createServer as createHttpServer } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import type { Server as TlsServer } from "node:tls";
import { createWebSocketStream, WebSocketServer } from "ws";

/** The key and certificate of a TLS server, as PEM texts. */
export interface TlsIdentity {
  readonly key: string;
  readonly cert: string;
}

/** Azure's path and subprotocol of AMQP over WebSockets (AMQP WebSocket Binding 1.0). */
const WEBSOCKET_PATH = "/$servicebus/websocket";
const SUBPROTOCOL = "AMQPWSB10";

const TLS_HANDSHAKE = 0x16;
const LETTER_A = 0x41;

/**
 * Tells by the first byte what a client speaks, so that one port takes AMQP, AMQP over WebSockets, and both over TLS.
 * `serve` gets the stream of AMQP bytes within. Throws a RangeError on a key or certificate that cannot be used.
 */
export function createProtocols(
  tls: TlsIdentity | undefined,
  serve: (stream: Duplex) => void,
): (socket: Socket) => void {
  const http = createHttpServer((_request, response) => {
    response.writeHead(426, { upgrade: "websocket", "content-type": "text/plain; charset=utf-8" });
    response.end(`This port speaks AMQP 1.0, plain or over WebSockets at ${WEBSOCKET_PATH}.\n`);
  });
  const webSockets = new WebSocketServer({
    noServer: true,
    path: WEBSOCKET_PATH,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  http.on("upgrade", (request, socket, head) => {
    if (!webSockets.shouldHandle(request)) return void socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
    webSockets.handleUpgrade(request, socket, head, (webSocket) =>
      serve(quiet(createWebSocketStream(webSocket))),
    );
  });

  const secure = tls && tlsServer(tls);
  const dispatch = (socket: Socket) => {
    quiet(socket).setNoDelay(true);
    socket.once("data", (chunk: Buffer) => {
      socket.pause();
      socket.unshift(chunk);
      if (chunk[0] === TLS_HANDSHAKE && secure) secure.emit("connection", socket);
      else if (chunk[0] === LETTER_A) serve(socket);
      else http.emit("connection", socket);
      process.nextTick(() => socket.resume());
    });
  };
  secure?.on("secureConnection", dispatch);
  return dispatch;
}

function tlsServer({ key, cert }: TlsIdentity): TlsServer {
  try {
    return createTlsServer({ key, cert });
  } catch (error) {
    const reason = (error as Error).message;
    throw new RangeError(`The TLS key and certificate cannot be used together as PEM texts: ${reason}.`, {
      cause: error,
    });
  }
}

/** A client that goes away is no error of the server; `close` follows and cleans up. */
function quiet<Stream extends Duplex>(stream: Stream): Stream {
  return stream.on("error", () => stream.destroy());
}
