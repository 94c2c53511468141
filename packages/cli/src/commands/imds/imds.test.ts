import { startSimulator } from "@forewarn/imds-simulator";
import { describe, expect, test } from "vitest";
import { told, type Told } from "../../fixtures/told.ts";
import { imds } from "./imds.ts";

type Ask = (line: string, columns?: number) => Promise<Told>;

async function asked(
  work: (ask: Ask, simulator: Awaited<ReturnType<typeof startSimulator>>) => Promise<void>,
): Promise<void> {
  await using simulator = await startSimulator({ vm: { tags: { note: "a\u001b[2Jb" } } });
  const env = { FOREWARN_IMDS_ENDPOINT: simulator.url };
  await work(
    (line, columns) =>
      told(imds, line === "" ? [] : line.split(" "), { env, ...(columns === undefined ? {} : { columns }) }),
    simulator,
  );
}

const sent = (status: number, body: string, type = "application/json") => ({
  status,
  headers: { "Content-Type": type },
  body,
});
const answered = (body: string, type?: string) => sent(200, body, type);

describe("an answer", () => {
  test("is indented JSON; in colours on a terminal; as sent with --raw", () =>
    asked(async (ask) => {
      const { stdout } = await ask("instance/compute/osProfile");
      expect(stdout).toMatch(/^\{\n {2}"adminUsername": "[^"]+",\n/);
      expect((await ask("instance/compute/osProfile", 100)).stdout).toContain('\u001b[36m"adminUsername"');
      expect((await ask("instance/compute/osProfile --json", 100)).stdout).toBe(stdout);
      const raw = await ask("instance/compute/osProfile --raw");
      expect(raw.stdout).not.toMatch(/\n/);
      expect(JSON.parse(raw.stdout)).toEqual(JSON.parse(stdout));
    }));

  test("that is a single value is text, without being asked for as text (pitfall 47)", () =>
    asked(async (ask, simulator) => {
      expect(await ask("instance/compute/vmSize")).toEqual({
        code: 0,
        stdout: "Standard_D2s_v5\n",
        stderr: "",
      });
      expect((await ask("instance/compute/vmSize --text --raw")).stdout).toBe("Standard_D2s_v5");
      expect((await ask("instance/compute/vmSize?format=text")).stdout).toBe("Standard_D2s_v5\n");
      expect(simulator.requests).toHaveLength(4);
    }));

  test("cannot steer a terminal, and goes into a pipe as it is", () =>
    asked(async (ask) => {
      expect((await ask("instance/compute/tagsList/0/value", 100)).stdout).toBe("a\\u001b[2Jb\n");
      expect((await ask("instance/compute/tagsList/0/value")).stdout).toBe("a\u001b[2Jb\n");
    }));

  test("with raw control characters in its JSON is read", () =>
    asked(async (ask, simulator) => {
      simulator.respondNext(answered('{"Description":"two\nlines"}'));
      expect((await ask("scheduledevents")).stdout).toBe('{\n  "Description": "two\\nlines"\n}\n');
    }));

  test("that is empty or no JSON is a failure, not a result (pitfalls 40, 50)", () =>
    asked(async (ask, simulator) => {
      simulator.respondNext(answered(""), answered("pod list is empty", "text/plain"), answered("<html>"));
      expect(await ask("instance")).toEqual({
        code: 1,
        stdout: "",
        stderr:
          "forewarn imds: the answer is empty: something else than IMDS may answer here (--raw prints it as it is)\n",
      });
      expect((await ask("instance")).stderr).toContain('is no JSON, it begins "pod list is empty"');
      expect((await ask("instance --raw")).stdout).toBe("<html>");
    }));

  test("holds a token only where that is asked for", () =>
    asked(async (ask, simulator) => {
      const path = "identity/oauth2/token?resource=https://vault.azure.net";
      const body = '{"access_token":"eyJ.s3cr3t.x","refresh_token":"","token_type":"Bearer"}';
      simulator.respondNext(answered(body), answered(body), answered(body));
      expect(JSON.parse((await ask(path)).stdout)).toEqual({
        access_token: "(hidden, --show-secret shows it)",
        refresh_token: "",
        token_type: "Bearer",
      });
      expect(await ask(`${path} --raw`)).toMatchObject({ code: 64, stdout: "" });
      expect((await ask(`${path} --show-secret`)).stdout).toContain("s3cr3t");
      expect((await ask(`${path} --show-secret --raw`)).stdout).toBe(body);
    }));
});

test("NO_COLOR is obeyed on a terminal, FORCE_COLOR everywhere", () =>
  asked(async (_, simulator) => {
    const shown = async (env: Readonly<Record<string, string>>, columns?: number) => {
      const all = { ...env, FOREWARN_IMDS_ENDPOINT: simulator.url };
      const { stdout } = await told(imds, ["instance/compute/osProfile"], {
        env: all,
        ...(columns === undefined ? {} : { columns }),
      });
      return stdout.includes("\u001b[");
    };
    expect(await shown({}, 100)).toBe(true);
    expect(await shown({ NO_COLOR: "1" }, 100)).toBe(false);
    expect(await shown({ TERM: "dumb" }, 100)).toBe(false);
    expect(await shown({})).toBe(false);
    expect(await shown({ FORCE_COLOR: "1" })).toBe(true);
  }));

describe("a refusal says what to do", () => {
  test("an api-version that the host does not know: which is the newest (pitfall 48)", () =>
    asked(async (ask) => {
      const { code, stderr } = await ask("instance --api-version 2001-01-01");
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^forewarn imds: GET .* status 400\. This host does not know .*\n {2}IMDS says: Bad request\. api-version is invalid .*\n {2}help: --api-version \d{4}-\d\d-\d\d is the newest here; forewarn imds versions lists all\n$/,
      );
    }));

  test.each([
    ["instance/compute/vmsize", "did you mean instance/compute/vmSize?"],
    ["instance/compute/tagList", "did you mean instance/compute/tagsList?"],
    ["instance/network/interface/1", "instance/network/interface holds 0"],
    ["instance/compute/name/first", "instance/compute/name is a value or an empty list, nothing is below it"],
    ["compute/tagsList", "write instance/compute/tagsList"],
    ["scheduledEvent", "did you mean scheduledevents?"],
  ])("there is no %s: %s", (path, help) =>
    asked(async (ask) => {
      const { code, stdout, stderr } = await ask(path);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr.split("\n").at(-2)).toBe(`  help: ${help}`);
    }),
  );

  test("and no name of what there is steers a terminal", () =>
    asked(async (ask, simulator) => {
      simulator.respondNext(sent(404, ""), answered('{"compute":{"\\u001b[2Jname":"x"}}'));
      expect((await ask("instance/compute/zzz")).stderr).toContain(
        "  help: instance/compute holds [2Jname\n",
      );
    }));

  test("a proxy in the path, the Guest Proxy Agent, and nobody at all (pitfalls 1, 6, 7, 8)", () =>
    asked(async (ask, simulator) => {
      simulator.respondNext(
        sent(504, "<html>Zscaler</html>", "text/html"),
        sent(403, ""),
        sent(403, "connecting to 169.254.169.254:80: unreachable", "text/plain"),
      );
      expect((await ask("")).stderr).toContain("The answer is HTML: a proxy is in the path.");
      expect((await ask("")).stderr).toContain("Metadata Security Protocol (MSP)");
      expect((await ask("")).stderr).toContain("Docker Desktop");
      await simulator.close();
      expect((await ask("")).stderr).toContain("check the route to 169.254.169.254/32");
    }));
});

test("a command below is found wherever options stand; its words are not paths", () =>
  asked(async (ask, simulator) => {
    const { code, stdout } = await ask("--json versions");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\{\n {2}"apiVersions": \[\n/) as string]);
    expect((await ask(`--endpoint ${simulator.url} versions`)).stdout).toMatch(/^(\d{4}-\d\d-\d\d\n)+$/);
    expect((await ask("versions more")).stderr).toBe(
      'forewarn imds versions takes no argument, got "more"\n',
    );
    expect((await ask("/metadata/versions")).stdout).toContain('"apiVersions"');
  }));
