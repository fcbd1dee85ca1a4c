/**
 * The certificates of a signature: whether each is issued by the next up to a root, and whose key signed. Source: Notary
 * Project specifications, "Signature Specification", "Certificate Requirements" and "Algorithm Selection". Not looked at,
 * because Node does not show them: the bits of a leaf's key usage, the length of path that a CA allows, and the algorithm
 * by which a certificate is signed. Used by verify-signature.ts. Pure.
 */
import {
  constants,
  createHash,
  createVerify,
  type Verify,
  type VerifyKeyObjectInput,
  X509Certificate,
} from 'node:crypto';

/** Signer's chains have four. */
const CERTIFICATES_MAX = 6;

/** Purposes that a certificate for signing code must not have (RFC 5280, 4.2.1.12): any, TLS, mail, time stamps. */
const FOREIGN_PURPOSES = [
  '2.5.29.37.0',
  '1.3.6.1.5.5.7.3.1',
  '1.3.6.1.5.5.7.3.2',
  '1.3.6.1.5.5.7.3.4',
  '1.3.6.1.5.5.7.3.8',
];

export interface Chain {
  readonly leaf: X509Certificate;
  readonly root: X509Certificate;
  readonly all: readonly X509Certificate[];
}

/** The chain that held at the moment of signing (milliseconds since the epoch), or why it is none. */
export function readChain(ders: readonly Buffer[], signedAt: number): Chain | string {
  if (ders.length > CERTIFICATES_MAX) return `it brings ${ders.length} certificates, more than ${CERTIFICATES_MAX}`;
  let all: X509Certificate[];
  try {
    all = ders.map((der) => new X509Certificate(der));
  } catch {
    return 'one of its certificates cannot be read';
  }
  const [leaf, root] = [all[0], all.at(-1)];
  if (!leaf || !root) return 'it brings no certificate';
  const broken = all.find((one, at) => !isIssuedBy(one, all[at + 1] ?? one));
  if (broken) return `the certificate of ${subjectOf(broken)} is not issued by the next one`;
  const notCa = all.slice(1).find(({ ca }) => !ca);
  if (notCa) return `${subjectOf(notCa)} issued a certificate and is no CA`;
  if (leaf.ca) return `it is signed by ${subjectOf(leaf)}, which is a CA`;
  const foreign = leaf.keyUsage?.find((purpose) => FOREIGN_PURPOSES.includes(purpose));
  if (foreign) return `the certificate of ${subjectOf(leaf)} is for ${foreign}, not for signing code`;
  const notThen = all.find((one) => signedAt < one.validFromDate.getTime() || signedAt > one.validToDate.getTime());
  if (notThen) return `the certificate of ${subjectOf(notThen)} was not valid when it was signed`;
  return { leaf, root, all };
}

/** Names, identifiers and the right to issue (RFC 5280, as OpenSSL compares them), then the signature. */
const isIssuedBy = (one: X509Certificate, issuer: X509Certificate): boolean =>
  one.checkIssued(issuer) && one.verify(issuer.publicKey);

/** On one line. */
export const subjectOf = ({ subject }: X509Certificate): string => subject.replaceAll('\n', ', ');

/** Hash of the certificate itself, in hex: how the policy names roots. */
export const fingerprintOf = ({ fingerprint256 }: X509Certificate): string =>
  fingerprint256.replaceAll(':', '').toLowerCase();

interface Algorithm {
  readonly alg: string;
  readonly hash: string;
}

/** The key decides, never the envelope. */
const BY_KEY: Readonly<Record<string, Algorithm>> = {
  'rsa 2048': { alg: 'PS256', hash: 'sha256' },
  'rsa 3072': { alg: 'PS384', hash: 'sha384' },
  'rsa 4096': { alg: 'PS512', hash: 'sha512' },
  'ec prime256v1': { alg: 'ES256', hash: 'sha256' },
  'ec secp384r1': { alg: 'ES384', hash: 'sha384' },
  'ec secp521r1': { alg: 'ES512', hash: 'sha512' },
};

/** Why the leaf's key did not make this signature; null when it did. */
export function objectionToSignature(
  { publicKey }: X509Certificate,
  { alg, signed, signature }: { readonly alg: string; readonly signed: string; readonly signature: Buffer },
): string | null {
  const { namedCurve, modulusLength } = publicKey.asymmetricKeyDetails ?? {};
  const kind = `${publicKey.asymmetricKeyType} ${namedCurve ?? modulusLength}`;
  const algorithm = BY_KEY[kind];
  if (!algorithm) return `it is made with a key of ${kind}, which Notation does not allow`;
  if (algorithm.alg !== alg) return `it says ${alg}, and its key is for ${algorithm.alg}`;
  const key = {
    key: publicKey,
    dsaEncoding: 'ieee-p1363' as const,
    ...(alg.startsWith('PS') && {
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    }),
  };
  return holds(createVerify(algorithm.hash).update(signed), key, signature)
    ? null
    : 'what it signs was changed, or another key signed it';
}

/** A signature of the wrong length is no signature; Node throws for it. */
function holds(verify: Verify, key: VerifyKeyObjectInput, signature: Buffer): boolean {
  try {
    return verify.verify(key, signature);
  } catch {
    return false;
  }
}

/**
 * How Signer names certificates: SHA-384 of what is signed of each and of its issuer, in hex; null when one has not the
 * form that this cut knows. Source: AWS Signer API Reference, GetRevocationStatus, `certificateHashes`.
 */
export function hashesOf({ all }: Chain): string[] | null {
  const own = all.map((one) => {
    const signed = signedPartOf(one);
    return signed && createHash('sha384').update(signed).digest('hex');
  });
  if (own.some((hash) => hash === null)) return null;
  return own.map((hash, at) => `${hash}${own[at + 1] ?? hash}`);
}

/** The four bytes that announce a sequence whose length takes two of them. */
const SEQUENCE = 0x3082;

/** Behind the first four bytes, as the API reference has openssl cut it (`-strparse 4`). */
function signedPartOf({ raw }: X509Certificate): Buffer | null {
  if (raw.length < 8 || raw.readUInt16BE(0) !== SEQUENCE || raw.readUInt16BE(4) !== SEQUENCE) return null;
  return raw.subarray(4, 8 + raw.readUInt16BE(6));
}
