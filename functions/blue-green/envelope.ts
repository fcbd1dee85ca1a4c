/**
 * Reads a signature envelope in the form of Notation, JWS in flattened JSON; says what is wrong with its form and believes
 * nothing of it. Source: Notary Project specifications, "JWS Signature Envelope", "Signature Specification" and "Signing
 * Scheme"; the attributes of AWS Signer are those that its plugin for Notation reads (aws-signer-notation-plugin,
 * internal/verifier). Used by verify-signature.ts. Pure.
 */
import * as z from 'zod';

export const ENVELOPE = 'application/jose+json';
const PAYLOAD = 'application/vnd.cncf.notary.payload.v1+json';
/** A service signs in the name of whoever asked it, and vouches for the time. */
const SCHEME = 'notary.x509.signingAuthority';
/** Says that more is to be checked than Notation knows: whose profile it is, and whether it was revoked. */
const PLUGIN = 'com.amazonaws.signer.notation.plugin';

/** Besides these a critical header is one that nobody here understands. */
const UNDERSTOOD = [
  'io.cncf.notary.signingScheme',
  'io.cncf.notary.authenticSigningTime',
  'io.cncf.notary.expiry',
  'io.cncf.notary.verificationPlugin',
  'com.amazonaws.signer.signingProfileVersion',
  'com.amazonaws.signer.signingJob',
  // Another name of the profile that is named anyway.
  'com.amazonaws.signer.signingProfileAlias',
];
/** Must be marked critical where they are. */
const CRITICAL = UNDERSTOOD.slice(0, 3);

const Flattened = z.strictObject({
  payload: z.base64url(),
  protected: z.base64url(),
  header: z.object({ x5c: z.array(z.base64()).min(1) }),
  signature: z.base64url(),
});

const time = z.iso.datetime({ offset: true });

const Protected = z.looseObject({
  alg: z.string(),
  cty: z.literal(PAYLOAD),
  crit: z.array(z.string()),
  'io.cncf.notary.signingScheme': z.literal(SCHEME),
  'io.cncf.notary.authenticSigningTime': time,
  'io.cncf.notary.expiry': time.optional(),
  'io.cncf.notary.verificationPlugin': z.literal(PLUGIN).optional(),
  'com.amazonaws.signer.signingProfileVersion': z.string().regex(/^arn:[^:]+:signer:[^:]+:[^:]*:\/.+\/[^/]+$/),
  'com.amazonaws.signer.signingJob': z.string().startsWith('arn:'),
});

const Payload = z.object({
  targetArtifact: z.object({ mediaType: z.string(), digest: z.string(), size: z.number().int() }),
});

/** What an envelope says, once its form is right. */
export interface Envelope {
  readonly alg: string;
  /** DER, the signer's first, the root's last. */
  readonly certificates: readonly Buffer[];
  /** What was signed, as it was signed. */
  readonly signed: string;
  readonly signature: Buffer;
  readonly payload: string;
  /** Milliseconds since the epoch. */
  readonly signedAt: number;
  /** From then on it is not to be used any more; null is never. */
  readonly expiresAt: number | null;
  readonly profileVersionArn: string;
  readonly jobArn: string;
}

/** A sentence about its form when it is none. */
export function readEnvelope(text: string): Envelope | string {
  const outer = fitting(Flattened, text, 'its envelope');
  if (typeof outer === 'string') return outer;
  const header = fitting(Protected, decoded(outer.protected), 'its protected header');
  if (typeof header === 'string') return header;
  const { alg, crit } = header;
  const strange = crit.filter((name) => !UNDERSTOOD.includes(name) || header[name] === undefined);
  if (strange.length > 0) return `its header ${strange.join(', ')} is critical, and not understood here`;
  const unmarked = CRITICAL.filter((name) => header[name] !== undefined && !crit.includes(name));
  if (unmarked.length > 0) return `its header ${unmarked.join(', ')} is not marked critical`;
  const expiry = header['io.cncf.notary.expiry'];
  return {
    alg,
    certificates: outer.header.x5c.map((each) => Buffer.from(each, 'base64')),
    signed: `${outer.protected}.${outer.payload}`,
    signature: Buffer.from(outer.signature, 'base64url'),
    payload: decoded(outer.payload),
    signedAt: Date.parse(header['io.cncf.notary.authenticSigningTime']),
    expiresAt: expiry === undefined ? null : Date.parse(expiry),
    profileVersionArn: header['com.amazonaws.signer.signingProfileVersion'],
    jobArn: header['com.amazonaws.signer.signingJob'],
  };
}

/** The image that was signed; to be read only of an envelope whose signature holds. */
export function readPayload(text: string): z.infer<typeof Payload>['targetArtifact'] | string {
  const payload = fitting(Payload, text, 'its payload');
  return typeof payload === 'string' ? payload : payload.targetArtifact;
}

const decoded = (text: string): string => Buffer.from(text, 'base64url').toString('utf8');

/** The value, or what does not fit. Nothing of the value is repeated: it is a stranger's. */
function fitting<S extends z.ZodType>(schema: S, text: string, what: string): z.infer<S> | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `${what} is no JSON`;
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return `${what} is not Notation's: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}`;
}
