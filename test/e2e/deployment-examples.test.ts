import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { forewarn, temporaryPlace } from "./forewarn.ts";

const examples = resolve(import.meta.dirname, "../../examples");
const example = (name: string) => readFileSync(join(examples, name), "utf8");

/** What `forewarn validate` says of a configuration whose secret is in another place; empty where it is valid. */
async function problemsOf(text: string, secret: string): Promise<string> {
  using place = temporaryPlace();
  const file = place.file("slack-url", "https://hooks.slack.com/services/T/B/x\n");
  if (!text.includes(`\${file:${secret}}`)) return `it does not refer to ${secret}`;
  const config = place.file("forewarn.yaml", text.replace(secret, file));
  await using agent = forewarn(["validate", "-c", config]);
  return (await agent.exited()) === 0 ? "" : agent.stderr();
}

interface Container {
  readonly image: string;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext: { readonly runAsUser: number };
  readonly livenessProbe?: { readonly httpGet: object };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly hostNetwork: boolean;
        readonly containers: readonly [Container];
        readonly initContainers: readonly Container[];
        readonly volumes: readonly { readonly name: string; readonly hostPath?: { readonly path: string } }[];
      };
    };
  };
}

describe("container", () => {
  const documents = parseAllDocuments(example("container/daemonset.yaml"));
  const [namespace, configMap, daemonSet] = documents.map((document) => document.toJS() as Manifest) as [
    Manifest,
    Manifest,
    Manifest,
  ];
  const pod = daemonSet.spec.template.spec;
  const [agent] = pod.containers;
  const secrets = agent.volumeMounts.find(({ name }) => name === "secrets")?.mountPath;

  test("the DaemonSet is YAML, and its parts fit together", () => {
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
    expect(documents).toHaveLength(3);
    expect([namespace, configMap, daemonSet].map(({ kind }) => kind)).toEqual([
      "Namespace",
      "ConfigMap",
      "DaemonSet",
    ]);
    for (const { metadata } of [configMap, daemonSet])
      expect(metadata.namespace).toBe(namespace.metadata.name);
    expect(daemonSet.spec.template.metadata.labels).toMatchObject(daemonSet.spec.selector.matchLabels);
    const all = [...pod.containers, ...pod.initContainers];
    const mounted = all.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name));
    expect(new Set(mounted)).toEqual(new Set(pod.volumes.map(({ name }) => name)));
    expect(new Set(all.map(({ image }) => image)).size).toBe(1);
    expect(pod.hostNetwork).toBe(true);
    expect(agent.livenessProbe?.httpGet).toEqual({ host: "127.0.0.1", port: 4690, path: "/healthz" });
  });

  test("the configuration within is valid, and looks for its secret where it is mounted", async () => {
    expect(await problemsOf(configMap.data["forewarn.yaml"] ?? "", `${secrets}/slack-url`)).toBe("");
  });

  test("the image's user is the pod's, and its state is where the pod has its volume", () => {
    const lines = example("container/Dockerfile").split("\n");
    const { runAsUser } = agent.securityContext;
    expect(lines).toContain(`USER ${runAsUser}:${runAsUser}`);
    const state = agent.volumeMounts.find(({ name }) => name === "state")?.mountPath;
    expect(lines).toContain(`VOLUME ${state}`);
    expect(lines).toContain('CMD ["run", "-c", "/etc/forewarn/forewarn.yaml"]');
  });
});

describe("cloud-init", () => {
  const file = join(examples, "cloud-init/user-data.yaml");
  const { write_files: files, runcmd } = parse(example("cloud-init/user-data.yaml")) as {
    readonly write_files: readonly {
      readonly path: string;
      readonly content: string;
      readonly permissions: string;
    }[];
    readonly runcmd: readonly (readonly string[])[];
  };
  const written = (path: string) => files.find((each) => each.path === path);
  const installer = "/usr/local/sbin/install-forewarn";

  const noCloudInit = spawnSync("cloud-init", ["--version"]).status !== 0;
  if (noCloudInit) console.log("SKIPPED cloud-init schema: cloud-init is not installed");
  test.skipIf(noCloudInit)("its own schema finds nothing wrong", () => {
    const { status, stdout, stderr } = spawnSync("cloud-init", ["schema", "--config-file", file], {
      encoding: "utf8",
    });
    expect(status, stdout + stderr).toBe(0);
  });

  test("writes the unit and the configuration of the systemd example, and runs the script that it writes", async () => {
    expect(written("/etc/systemd/system/forewarn.service")?.content).toBe(
      example("systemd/forewarn.service"),
    );
    const config = written("/etc/forewarn/forewarn.yaml")?.content ?? "";
    expect(config).toBe(example("systemd/forewarn.yaml"));
    expect(await problemsOf(config, "/run/credentials/forewarn.service/slack-url")).toBe("");
    expect(written("/etc/forewarn/slack-url")?.permissions).toBe("0600");
    expect(runcmd).toEqual([[installer]]);
  });

  /** Runs the script, with stand-ins for what downloads and installs; what they were told, and the exit code. */
  function install(checksum: (archive: string) => string) {
    using place = temporaryPlace();
    const calls = join(place.path, "calls");
    const archive = "not really Node";
    const curl = `for each; do case $each in
*.tar.gz) file=\${each##*/}; printf '%s' '${archive}' > "$file" ;;
*SHASUMS256.txt) echo "${checksum(archive)}  $file" > SHASUMS256.txt ;;
esac; done`;
    mkdirSync(join(place.path, "bin"));
    for (const name of ["curl", "tar", "npm", "systemctl"]) {
      const text = `#!/bin/sh\necho "${name} $*" >> '${calls}'\n${name === "curl" ? curl : ""}\n`;
      writeFileSync(join(place.path, "bin", name), text, { mode: 0o755 });
    }
    const script = place.file("install", written(installer)?.content ?? "");
    const { status, stderr } = spawnSync("/bin/sh", [script], {
      encoding: "utf8",
      env: { PATH: `${join(place.path, "bin")}${delimiter}${process.env["PATH"]}`, TMPDIR: place.path },
    });
    const told = existsSync(calls) ? readFileSync(calls, "utf8").trimEnd().split("\n") : [];
    return { status, stderr, programs: told.map((call) => call.replace(/(?<=^npm install ).* /, "")) };
  }

  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const isElsewhere = process.platform !== "linux";

  test.skipIf(isElsewhere)("the script installs Node, then the agent, then starts the service", () => {
    const { status, stderr, programs } = install(sha256);
    expect(status, stderr).toBe(0);
    expect(programs).toEqual([
      expect.stringMatching(/^curl .*https:\/\/nodejs\.org\/dist\/v24\.[\d.]+\/node-v24\./) as string,
      expect.stringMatching(
        /^tar -xzf node-v24\.\S+-linux-(x64|arm64)\.tar\.gz --strip-components=1 -C \/usr\/local/,
      ) as string,
      "npm install forewarn@latest",
      "systemctl daemon-reload",
      "systemctl enable --now forewarn.service",
    ]);
  });

  test.skipIf(isElsewhere)("the script installs nothing where the checksum is another", () => {
    const { status, programs } = install(() => sha256("Node"));
    expect(status).not.toBe(0);
    expect(programs).toHaveLength(1);
  });
});
