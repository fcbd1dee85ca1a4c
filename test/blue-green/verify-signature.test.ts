/** A signature proves something only while each of its parts is right; each is made wrong here, one at a time. */
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { afterRevocation, verifySignature } from '../../functions/blue-green/verify-signature.ts';
import type { SignatureView } from '../../functions/shared/release-ports.ts';
import { FORGER, SIGNER } from '../../simulator/services/signer/authorities.ts';
import { envelopeOf, signed } from '../../simulator/services/signer/notation.ts';
import { NEW, OLD, START } from './memory.ts';
import { artifactOf, EXPIRES_AT, order, PROFILE, signatureOf, trust, viewOf } from './signed.ts';

const verify = (view: SignatureView, change: Partial<typeof trust> = {}, now = START) =>
  verifySignature(view, artifactOf(NEW), { ...trust, ...change }, now);

interface Parts {
  payload: string;
  protected: string;
  header: Record<string, unknown>;
  signature: string;
}
const envelope = (): Parts => JSON.parse(envelopeOf(order(NEW), SIGNER));
const json = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString());
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Changed behind the signer's back. */
const tampered = (change: (parts: Parts) => void): SignatureView => {
  const parts = envelope();
  change(parts);
  return viewOf(JSON.stringify(parts));
};
/** Signed by Signer's own key, and yet not as it should be. */
const oddly = (headers: object, payload?: object): SignatureView => {
  const { protected: head, payload: body } = envelope();
  return viewOf(signed({ ...json(head), ...headers }, payload ?? json(body), SIGNER));
};
const target = (change: object) => ({ targetArtifact: { ...artifactOf(NEW), ...change } });
const x5c = (authority: typeof SIGNER, ...which: number[]): string[] =>
  which.map((at) => new X509Certificate(authority.chain[at]!).raw.toString('base64'));

describe('a signature', () => {
  it('proves who signed the image, and when, and how to ask whether that still holds', () => {
    const found = verify(signatureOf(NEW));
    expect(found).toMatchObject({
      action: 'verified',
      reason: expect.stringMatching(/signed with .*orders\/AbCdEfGhIj at 2026-11-20T08:59:00.000Z, up to .*Simulated/),
      by: {
        profileVersionArn: `${PROFILE}/AbCdEfGhIj`,
        jobArn: 'arn:aws:signer:us-west-2:111111111111:/signing-jobs/one',
        signedAt: '2026-11-20T08:59:00.000Z',
      },
    });
  });

  it('names its certificates as Signer does: each hash as openssl computes it, with its issuer’s', () => {
    const found = verify(signatureOf(NEW));
    // openssl asn1parse -in leaf.pem -strparse 4 -out leaf.tbs -noout; openssl sha384 leaf.tbs
    const [leaf, ca, root] = [
      'd988cd1ab7765ce8c784eb9c30135eded4b62567196a2d606e9f4c9aa1c46d5e1a28fd527808f9b06bd2c8f382b09962',
      'bc8cb2f978c3fb6b284f0a19db26ad83227c101cb93c4aabc47c2000f6b74c1e0ca250ca203cbbaf2e8295bc069ceba5',
      'abcf1e44b4300891106cc49d5e286db3cbb4137401b16fceb89c9ef5b8c10e7a3260c481009dd29ab0d1a2c1889e38fb',
    ];
    const certificateHashes = [`${leaf}${ca}`, `${ca}${root}`, `${root}${root}`];
    expect(found).toMatchObject({ by: { certificateHashes } });
  });

  it('is of a profile that is trusted, of one version that is, or of any of an account', () => {
    const by = (one: string) => verify(signatureOf(NEW), { signingProfiles: [one] }).action;
    const account = PROFILE.replace('/orders', '/*');
    expect([PROFILE, `${PROFILE}/AbCdEfGhIj`, account].map(by)).toEqual(Array(3).fill('verified'));
    const others = [`${PROFILE}/OtherOther`, PROFILE.slice(0, -1), account.replace('111111111111', '222222222222')];
    expect(others.map(by)).toEqual(Array(3).fill('wrong'));
  });

  it.each<[string, SignatureView, RegExp]>([
    [
      'another payload',
      tampered((parts) => (parts.payload = encoded(target({ digest: NEW, size: 9 })))),
      /was changed/,
    ],
    [
      'another header',
      tampered((parts) => (parts.protected = encoded({ ...json(parts.protected), extra: 1 }))),
      /was changed/,
    ],
    [
      'another signature',
      tampered((parts) => (parts.signature = JSON.parse(envelopeOf(order(OLD), SIGNER)).signature)),
      /was changed/,
    ],
    ['half a signature', tampered((parts) => (parts.signature = parts.signature.slice(0, 64))), /was changed/],
    ['certificates of somebody else', tampered((parts) => (parts.header.x5c = x5c(FORGER, 0, 1, 2))), /another key/],
    ['no certificates', tampered((parts) => (parts.header.x5c = [])), /header.x5c/],
    ['something else for a certificate', tampered((parts) => (parts.header.x5c = ['AAAA'])), /cannot be read/],
    ['a chain without its end', tampered((parts) => (parts.header.x5c = x5c(SIGNER, 0, 1))), /not issued by the next/],
    ['a chain with a gap', tampered((parts) => (parts.header.x5c = x5c(SIGNER, 0, 2))), /not issued by the next/],
    ['a chain upside down', tampered((parts) => (parts.header.x5c = x5c(SIGNER, 2, 1, 0))), /not issued by the next/],
    ['a CA that signs', tampered((parts) => (parts.header.x5c = x5c(SIGNER, 1, 2))), /which is a CA/],
    ['too many certificates', tampered((parts) => (parts.header.x5c = Array(7).fill('AAAA'))), /7 certificates/],
    ['a further field', tampered((parts) => Object.assign(parts, { signatures: [] })), /signatures/],
  ])('with %s is wrong', (_what, view, says) => {
    expect(verify(view)).toMatchObject({ action: 'wrong', reason: expect.stringMatching(says) });
  });

  it.each<[string, SignatureView, RegExp]>([
    ['of another image', signatureOf(OLD), /another image: sha256:a+/],
    ['of another size', oddly({}, target({ size: 1 })), /of 1 bytes/],
    ['of another type', oddly({}, target({ mediaType: 'application/octet-stream' })), /octet-stream/],
    ['of nothing', oddly({}, {}), /its payload is not Notation's: targetArtifact/],
    ['by another root', signatureOf(NEW, {}, FORGER), /Forged Root CA \(11baa4d6dba3…\), a root that is not trusted/],
    ['that has expired', signatureOf(NEW, { expiresAt: START }), /expired at 2026-11-20T09:00:00.000Z/],
    ['from before its certificates', signatureOf(NEW, { signedAt: Date.UTC(2019, 0) }), /was not valid when it was/],
    ['with a profile of others', signatureOf(NEW, { profileVersionArn: `${PROFILE}s/AbCdEfGhIj` }), /is not trusted/],
    ['with no profile', oddly({ 'com.amazonaws.signer.signingProfileVersion': undefined }), /signingProfileVersion/],
    ['by no job', oddly({ 'com.amazonaws.signer.signingJob': undefined }), /signingJob/],
    ['for another algorithm', oddly({ alg: 'ES256' }), /says ES256, and its key is for ES384/],
    ['without an algorithm', oddly({ alg: 'none' }), /says none/],
    ['with another content type', oddly({ cty: 'application/json' }), /cty/],
    ['of the other scheme', oddly({ 'io.cncf.notary.signingScheme': 'notary.x509' }), /signingScheme/],
    ['without its time', oddly({ 'io.cncf.notary.authenticSigningTime': undefined }), /authenticSigningTime/],
    ['with a time that is none', oddly({ 'io.cncf.notary.authenticSigningTime': 'soon' }), /authenticSigningTime/],
    ['for another plugin', oddly({ 'io.cncf.notary.verificationPlugin': 'mine' }), /verificationPlugin/],
    ['whose expiry nobody needs to heed', oddly({ crit: ['io.cncf.notary.signingScheme'] }), /not marked critical/],
    ['with a critical header that nobody knows', oddly({ crit: ['exp'], exp: 1 }), /exp is critical/],
    ['with a critical header that is not there', oddly({ 'io.cncf.notary.expiry': undefined }), /expiry is critical/],
    ['that is no JSON', viewOf('eyJ'), /no JSON/],
    ['that is something else', viewOf('[]'), /its envelope is not Notation's/],
  ])('%s is wrong', (_what, view, says) => {
    expect(verify(view)).toMatchObject({ action: 'wrong', reason: expect.stringMatching(says) });
  });

  it('without an expiry holds for as long as nobody revokes it', () => {
    const crit = ['io.cncf.notary.signingScheme', 'io.cncf.notary.authenticSigningTime'];
    const endless = oddly({ crit, 'io.cncf.notary.expiry': undefined });
    expect(verify(endless, {}, Date.UTC(2100, 0)).action).toBe('verified');
    expect(verify(signatureOf(NEW), {}, EXPIRES_AT - 1).action).toBe('verified');
    expect(verify(signatureOf(NEW), {}, EXPIRES_AT).action).toBe('wrong');
  });

  it('that cannot be read, or is in a form that is not read here, proves nothing and may yet', () => {
    const digest = `sha256:${'5'.repeat(64)}`;
    const unread = verify({ digest, envelope: null, problem: 'its envelope does not come: 503' });
    expect(unread).toEqual({
      action: 'unknown',
      reason: 'signature sha256:555555555555: its envelope does not come: 503',
    });
    const cose = { digest, mediaType: 'application/cose', envelope: '' };
    expect(verify(cose)).toMatchObject({ action: 'unknown', reason: expect.stringMatching(/application\/cose/) });
  });
});

describe('Signer’s answer', () => {
  const verified = verify(signatureOf(NEW));

  it('confirms a signature when it names nothing, and only then', () => {
    expect(afterRevocation(verified, [])).toMatchObject({
      action: 'verified',
      reason: expect.stringMatching(/not revoked$/),
    });
    expect(afterRevocation(verified, null)).toMatchObject({
      action: 'unknown',
      reason: expect.stringMatching(/not known$/),
    });
    const gone = afterRevocation(verified, [`${PROFILE}/AbCdEfGhIj`, 'd988cd']);
    expect(gone).toMatchObject({
      action: 'wrong',
      reason: expect.stringMatching(/orders\/AbCdEfGhIj, a certificate was/),
    });
  });

  it('makes nothing right that was wrong', () => {
    const wrong = verify(signatureOf(OLD));
    expect(afterRevocation(wrong, [])).toBe(wrong);
  });
});
