import { CheckFailure } from "./attested-check.ts";
import { refusalOf, weaknessOf } from "./issuer-rules.ts";
import { issuerUrlOf } from "./issuer-url.ts";
import { nameOf, parseCertificate, type ParsedCertificate } from "./signed-message.ts";

/** Fetches the certificate of an issuer, DER or PEM, from a URL that a certificate names; whoever wrote that one chose it. */
export type FetchIssuer = (url: URL) => Promise<Uint8Array>;

/** Where issuers may come from. */
export interface ChainSources {
  readonly roots: readonly ParsedCertificate[];
  /** Certificates that came along, for which nobody vouches. */
  readonly others: readonly ParsedCertificate[];
  readonly fetchIssuer: FetchIssuer | undefined;
}

type Path = readonly [ParsedCertificate, ...ParsedCertificate[]];

/** As many certificates may stand between the leaf and a root; Azure's chains have one or two. */
const LONGEST = 4;
/** As many certificates are looked at in all, so that certificates that issue each other in circles end too. */
const ATTEMPTS = 50;

/** The leaf, what stands between, and the trusted root; throws a `CheckFailure` that says where the chain ends. */
export const buildChain = async (
  leaf: ParsedCertificate,
  { roots, others, fetchIssuer }: ChainSources,
): Promise<Path> => {
  const weakness = weaknessOf(leaf);
  if (weakness !== undefined) throw new CheckFailure(`${weakness}.`);
  const why = new Set<string>();
  let attempts = 0;

  const issues = (issuer: ParsedCertificate, path: Path): boolean => {
    const child = path.at(-1) ?? leaf;
    if (!child.x509.checkIssued(issuer.x509)) return false;
    const refusal = refusalOf(issuer, path);
    if (refusal !== undefined) why.add(refusal);
    return refusal === undefined;
  };

  const fetched = async (child: ParsedCertificate): Promise<readonly ParsedCertificate[]> => {
    const url = issuerUrlOf(child);
    if (url === undefined) why.add(`the issuer of ${nameOf(child)} is not known`);
    else if (fetchIssuer === undefined)
      why.add(`the issuer of ${nameOf(child)} lies at ${url.href}, give fetchIssuer to fetch it`);
    else {
      try {
        return [parseCertificate(await fetchIssuer(url))];
      } catch (error) {
        why.add(
          `the issuer of ${nameOf(child)} could not be had from ${url.href}: ${(error as Error).message}`,
        );
      }
    }
    return [];
  };

  const extend = async (path: Path): Promise<Path | undefined> => {
    if (++attempts > ATTEMPTS) return undefined;
    const child = path.at(-1) ?? leaf;
    if (roots.some(({ x509 }) => x509.fingerprint256 === child.x509.fingerprint256)) return path;
    const root = roots.find((each) => issues(each, path));
    if (root !== undefined) return [...path, root];
    if (path.length > LONGEST) return undefined;
    const inside = others.filter((each) => !path.includes(each) && issues(each, path));
    for (const next of inside) {
      const whole = await extend([...path, next]);
      if (whole !== undefined) return whole;
    }
    const [next] = await fetched(child);
    return next !== undefined && issues(next, path) ? await extend([...path, next]) : undefined;
  };

  const whole = await extend([leaf]);
  if (whole !== undefined) return whole;
  throw new CheckFailure(
    `no chain of certificates leads to a trusted root: ${[...why].join("; ") || "too long"}.`,
  );
};
