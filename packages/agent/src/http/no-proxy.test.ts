import { expect, test } from "vitest";
import { createNoProxy } from "./no-proxy.ts";

const https = (host: string) => ({ host, port: 443 });

test.each([
  ["*", ["example.com", "10.0.0.4", "fd00::4"], []],
  [
    "example.com",
    ["example.com", "a.example.com", "a.b.example.com"],
    ["badexample.com", "example.com.evil"],
  ],
  [".example.com", ["example.com", "a.example.com"], ["badexample.com"]],
  ["*.example.com", ["a.example.com", "a.b.example.com"], ["example.com", "badexample.com"]],
  ["EXAMPLE.com.", ["example.com", "a.example.com"], []],
  ["bücher.example", ["xn--bcher-kva.example", "a.xn--bcher-kva.example"], ["b.example"]],
  ["10.0.0.4", ["10.0.0.4", "::ffff:a00:4"], ["10.0.0.5", "110.0.0.4", "x.10.0.0.4.example"]],
  ["10.0.0.0/8", ["10.0.0.4", "10.255.255.255"], ["11.0.0.0", "10.example.com"]],
  ["169.254.0.0/16", ["169.254.169.254"], ["169.255.0.0"]],
  ["0.0.0.0/0", ["1.2.3.4"], ["example.com", "2001:db8::1"]],
  ["fd00::4", ["fd00::4"], ["fd00::5"]],
  ["[fd00::4]", ["fd00::4"], ["fd00::5"]],
  ["fd00::/8", ["fd12::4"], ["fe00::1", "10.0.0.4"]],
  ["10.0.0.0/33", [], ["10.0.0.4"]],
  ["10.0.0.0/x", [], ["10.0.0.4"]],
  ["10.0.0.0/8/x", [], ["10.0.0.4"]],
  ["10.0.0.0/", [], ["10.0.0.4"]],
  ["", [], ["example.com"]],
  [" , ,", [], ["example.com"]],
  [
    "one.example, two.example\tthree.example",
    ["one.example", "two.example", "three.example"],
    ["four.example"],
  ],
])("%j", (list, exempt, proxied) => {
  const isExempt = createNoProxy(list);
  expect(exempt.filter((host) => !isExempt(https(host)))).toEqual([]);
  expect(proxied.filter((host) => isExempt(https(host)))).toEqual([]);
});

test.each([
  "example.com:8443",
  ".example.com:8443",
  "*:8443",
  "10.0.0.4:8443",
  "[fd00::4]:8443",
  "10.0.0.0/8:8443",
])("%s holds for that port alone", (list) => {
  const isExempt = createNoProxy(list);
  const hosts = ["example.com", "10.0.0.4", "fd00::4"];
  expect(hosts.some((host) => isExempt({ host, port: 8443 }))).toBe(true);
  expect(hosts.some((host) => isExempt(https(host)))).toBe(false);
});
