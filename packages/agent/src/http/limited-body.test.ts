import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createSinkHttp } from "./request.ts";

async function answering(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const http = createSinkHttp();
  onTestFinished(async () => {
    await http.close();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return () => http.request(url, { method: "POST", body: "{}" });
}

test("an answer without end gives its first 64 kB, and its connection is closed", async () => {
  let sent = 0;
  const closed = Promise.withResolvers<void>();
  const post = await answering((_, response) => {
    response.writeHead(500);
    response.on("close", closed.resolve);
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(10_000))) sent += 10_000;
    };
    response.on("drain", more);
    more();
  });
  const { statusCode, body } = await post();
  expect(statusCode).toBe(500);
  expect(await body.text()).toBe("x".repeat(64_000));
  await closed.promise;
  // What the sockets' buffers hold is sent, too, but no more.
  expect(sent).toBeLessThan(20_000_000);
});

test("dump gives up on an answer without end", async () => {
  const post = await answering((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(10_000)));
    };
    response.on("drain", more);
    more();
  });
  const { body } = await post();
  expect(await Promise.race([body.dump().then(() => "dumped"), once(process, "never")])).toBe("dumped");
});

test("a short answer comes whole, and a cut halves no character", async () => {
  const texts = ["Ünï €", "€".repeat(30_000)];
  const post = await answering((_, response) => void response.end(texts.shift()));
  expect(await (await post()).body.text()).toBe("Ünï €");
  expect(await (await post()).body.text()).toBe("€".repeat(Math.floor(64_000 / 3)));
});
