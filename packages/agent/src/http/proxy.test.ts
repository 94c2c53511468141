import { describe, expect, test } from "vitest";
import { createProxyFor, type Environment, environmentProblems } from "./proxy.ts";

const by = (environment: Environment) => (url: string) => createProxyFor(undefined, environment)(url)?.href;

describe("from the environment", () => {
  const both = { HTTPS_PROXY: "http://secure:3128", HTTP_PROXY: "http://plain:3128" };

  test.each([
    ["https://example.com/x", "http://secure:3128/"],
    ["wss://example.com", "http://secure:3128/"],
    ["http://example.com", "http://plain:3128/"],
    ["ws://example.com", "http://plain:3128/"],
    ["amqps://example.com", undefined],
    ["no URL", undefined],
  ])("%s goes through %s", (url, proxy) => {
    expect(by(both)(url)).toBe(proxy);
  });

  test("one of them says nothing of the other", () => {
    expect(by({ HTTP_PROXY: "http://plain:3128" })("https://example.com")).toBeUndefined();
    expect(by({ HTTPS_PROXY: "http://secure:3128" })("http://example.com")).toBeUndefined();
    expect(by({})("https://example.com")).toBeUndefined();
  });

  test("lower case first; what is empty is not set", () => {
    const upper = { HTTPS_PROXY: "http://upper:1", NO_PROXY: "one.example" };
    expect(by({ ...upper, https_proxy: "http://lower:1" })("https://example.com")).toBe("http://lower:1/");
    expect(by({ ...upper, https_proxy: "" })("https://example.com")).toBe("http://upper:1/");
    expect(by({ ...upper, no_proxy: "two.example" })("https://one.example")).toBe("http://upper:1/");
    expect(by({ ...upper, no_proxy: "two.example" })("https://two.example")).toBeUndefined();
    expect(by({ ...upper, no_proxy: "" })("https://one.example")).toBeUndefined();
  });

  test("without a scheme it is an http proxy, its user and password are kept", () => {
    expect(by({ HTTPS_PROXY: "proxy:3128" })("https://example.com")).toBe("http://proxy:3128/");
    expect(by({ HTTPS_PROXY: "me:s3cret@proxy:3128" })("https://example.com")).toBe(
      "http://me:s3cret@proxy:3128/",
    );
  });

  test.each([
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "127.0.0.1",
    "127.1.2.3",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "2130706433",
  ])("%s is loopback, which no variable diverts", (host) => {
    expect(by(both)(`https://${host}:8443/`)).toBeUndefined();
  });

  test("NO_PROXY is asked with the port of the URL, else with that of its scheme", () => {
    const to = by({ ...both, NO_PROXY: "a.example:443,b.example:80,10.0.0.0/8,[fd00::4]:8443" });
    const direct = [
      "https://a.example",
      "https://a.example.:443/",
      "http://b.example",
      "https://10.1.2.3",
      "https://[fd00::4]:8443",
    ];
    expect(direct.filter((url) => to(url) !== undefined)).toEqual([]);
    const proxied = ["http://a.example", "https://b.example", "https://11.1.2.3", "https://[fd00::4]"];
    expect(proxied.filter((url) => to(url) === undefined)).toEqual([]);
  });
});

describe("from the sink", () => {
  const environment = {
    HTTPS_PROXY: "http://environment:1",
    HTTP_PROXY: "http://environment:1",
    NO_PROXY: "*",
  };

  test("its proxy is for every URL, whatever the environment says", () => {
    const proxyFor = createProxyFor("https://me:s3cret@proxy:8443", environment);
    for (const url of ["https://example.com", "http://127.0.0.1:8080", new URL("wss://localhost")])
      expect(proxyFor(url)?.href).toBe("https://me:s3cret@proxy:8443/");
    expect(proxyFor("amqps://example.com")).toBeUndefined();
  });

  test("off is direct", () => {
    expect(createProxyFor("off", { ...environment, NO_PROXY: "" })("https://example.com")).toBeUndefined();
  });
});

test.each([
  [
    "socks5://s3cret@proxy:1080",
    "is the URL of a socks5 proxy, and only http and https proxies are understood: write http://HOST:PORT",
  ],
  ["http://s3cret@", "is not the URL of a proxy: write http://HOST:PORT"],
  ["http://proxy:s3cret", "is not the URL of a proxy: write http://HOST:PORT"],
  [
    "http://s3cret@proxy/proxy.pac",
    "has a path, which no proxy has (a PAC file is not understood): write http://HOST:PORT",
  ],
  ["http://me:s3cret%zz@proxy", "has a user or a password with a % that encodes nothing: write %25 for a %"],
])("%s needs a person, who is told where it stands and not what is secret", (value, message) => {
  const refusal = (said: string) => ({ code: "FOREWARN_MISCONFIGURED", message: `${said} ${message}` });
  const url = "https://example.com";
  const of = (setting: string | undefined) => () => createProxyFor(setting, { https_proxy: value })(url);
  expect(of(value)).toThrow(expect.objectContaining(refusal("the sink's proxy")));
  expect(of(undefined)).toThrow(expect.objectContaining(refusal("HTTPS_PROXY")));
});

test("the proxies of an environment can be checked before they are used", () => {
  const right = { HTTPS_PROXY: "proxy:3128", HTTP_PROXY: "", http_proxy: "http://proxy" };
  expect(environmentProblems(right)).toEqual([]);
  expect(
    environmentProblems({ ...right, https_proxy: "http://s3cret@", http_proxy: "socks5://proxy" }),
  ).toEqual([
    { variable: "HTTPS_PROXY", message: "is not the URL of a proxy", suggestion: "write http://HOST:PORT" },
    {
      variable: "HTTP_PROXY",
      message: "is the URL of a socks5 proxy, and only http and https proxies are understood",
      suggestion: "write http://HOST:PORT",
    },
  ]);
});
