import { Client } from "undici";
import PartialClient from "undici/lib/dispatcher/client.js";
import { expect, test } from "vitest";

test("the deep import is the Client that undici exports, so an upgrade that moves it is noticed", () => {
  expect(PartialClient).toBe(Client);
});
