/**
 * Signatures as AWS Signer makes them for containers: Notation's envelope in JWS, ES384 (Notary Project specifications,
 * "JWS Signature Envelope"; the attributes of Signer as its plugin for Notation reads them and `notation inspect` shows
 * them). The same input gives the same bytes in every run: the nonce is derived from what is signed (RFC 6979).
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { p384 } from '@noble/curves/nist.js';
import type { Authority } from './authorities.ts';

export const ENVELOPE_TYPE = 'application/jose+json';

export interface ToSign {
  /** What is signed, as manifests name each other. */
  readonly target: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly profileVersionArn: string;
  readonly jobArn: string;
  /** Milliseconds since the epoch. */
  readonly signedAt: number;
  readonly expiresAt: number;
}

/** Guess: that Signer marks its own headers critical, too; its plugin says that it processed them. */
const CRITICAL = [
  'io.cncf.notary.signingScheme',
  'io.cncf.notary.authenticSigningTime',
  'io.cncf.notary.expiry',
  'io.cncf.notary.verificationPlugin',
  'com.amazonaws.signer.signingProfileVersion',
  'com.amazonaws.signer.signingJob',
];

/** The envelope as it lies in the registry. */
export function envelopeOf(what: ToSign, authority: Authority): string {
  const { target, profileVersionArn, jobArn, signedAt, expiresAt } = what;
  const headers = {
    alg: 'ES384',
    cty: 'application/vnd.cncf.notary.payload.v1+json',
    crit: CRITICAL,
    'io.cncf.notary.signingScheme': 'notary.x509.signingAuthority',
    'io.cncf.notary.authenticSigningTime': toTheSecond(signedAt),
    'io.cncf.notary.expiry': toTheSecond(expiresAt),
    'io.cncf.notary.verificationPlugin': 'com.amazonaws.signer.notation.plugin',
    'com.amazonaws.signer.signingProfileVersion': profileVersionArn,
    'com.amazonaws.signer.signingJob': jobArn,
  };
  return signed(headers, { targetArtifact: target }, authority);
}

/** Any headers and payload, signed: also such as Signer would not make. */
export function signed(headers: object, payload: object, { key, chain }: Authority): string {
  const [head, body] = [headers, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const { d = '' } = createPrivateKey(key).export({ format: 'jwk' });
  const signature = p384.sign(Buffer.from(`${head}.${body}`), Buffer.from(d, 'base64url'), { lowS: false });
  return JSON.stringify({
    payload: body,
    protected: head,
    header: {
      x5c: chain.map((pem) => new X509Certificate(pem).raw.toString('base64')),
      'io.cncf.notary.signingAgent': 'simulated-signer/1.0.0',
    },
    signature: Buffer.from(signature).toString('base64url'),
  });
}

/** SHA-256 of each certificate of the chain, as manifests of signatures tell them. */
export const thumbprintsOf = ({ chain }: Authority): string[] =>
  chain.map((pem) => new X509Certificate(pem).fingerprint256.replaceAll(':', ''));

/** RFC 3339 without fractions of a second, as the specification wants it. */
const toTheSecond = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
