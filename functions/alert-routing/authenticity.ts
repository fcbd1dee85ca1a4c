/**
 * Whether a webhook or a link is from whom it says: signatures over the raw bytes, compared in constant time, within a
 * window of time, with the secret of today or, while it is being rotated, that of before. Pure.
 */
import { createHmac, createVerify, timingSafeEqual } from 'node:crypto';
import type { TopicMessage } from '../../events/topic-message.ts';
import { InvalidSignature } from './errors.ts';

/** A replay is possible this long; what is replayed within is a duplicate and changes nothing. */
export const WINDOW_MS = 5 * 60_000;

const hmac = (text: string | Buffer, secret: string): string => createHmac('sha256', secret).update(text).digest('hex');

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** All secrets are tried, whichever fits: how long it takes says nothing. */
const fits = (given: readonly string[], wanted: readonly string[]): boolean =>
  given.reduce((found, each) => wanted.reduce((any, one) => isEqual(each, one) || any, found), false);

export const TIMESTAMP_HEADER = 'x-mainstay-timestamp';
export const SIGNATURE_HEADER = 'x-mainstay-signature';

type Headers = Readonly<Record<string, string | undefined>>;

/** Ours: `v1=` hex HMAC-SHA256 of `v1:{timestamp in seconds}:{body}`. */
export function signatureOf(body: string, secret: string, at: number): Record<string, string> {
  const seconds = String(Math.floor(at / 1000));
  return { [TIMESTAMP_HEADER]: seconds, [SIGNATURE_HEADER]: `v1=${hmac(`v1:${seconds}:${body}`, secret)}` };
}

/** @throws InvalidSignature */
export function checkSigned(rawBody: string, headers: Headers, secrets: readonly string[], now: number): void {
  const seconds = headers[TIMESTAMP_HEADER] ?? '';
  const given = (headers[SIGNATURE_HEADER] ?? '').split(',').map((each) => each.trim());
  if (!/^\d{1,12}$/.test(seconds))
    throw new InvalidSignature(`${TIMESTAMP_HEADER}: seconds since the epoch are missing`);
  if (Math.abs(now - Number(seconds) * 1000) > WINDOW_MS) {
    throw new InvalidSignature(`${TIMESTAMP_HEADER}: more than ${WINDOW_MS / 1000} s from now`);
  }
  const wanted = secrets.map((secret) => `v1=${hmac(`v1:${seconds}:${rawBody}`, secret)}`);
  if (!fits(given, wanted)) throw new InvalidSignature(`${SIGNATURE_HEADER}: is missing or wrong`);
}

/** Sentry: hex HMAC-SHA256 of the body, no time. @throws InvalidSignature */
export function checkSentry(rawBody: string, headers: Headers, secrets: readonly string[]): void {
  const given = headers['sentry-hook-signature'] ?? '';
  const wanted = secrets.map((secret) => hmac(rawBody, secret));
  if (!fits([given], wanted)) throw new InvalidSignature('sentry-hook-signature: is missing or wrong');
}

/** PagerDuty's webhooks v3: `v1=` hex HMAC-SHA256 of the body, several while rotating. @throws InvalidSignature */
export function checkPagerduty(rawBody: string, headers: Headers, secrets: readonly string[]): void {
  const given = (headers['x-pagerduty-signature'] ?? '').split(',').map((each) => each.trim());
  const wanted = secrets.map((secret) => `v1=${hmac(rawBody, secret)}`);
  if (!fits(given, wanted)) throw new InvalidSignature('x-pagerduty-signature: is missing or wrong');
}

/** Where SNS keeps its certificates; anything else would be the sender's own. */
export function isCertificateUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, port, username } = new URL(text);
  return (
    protocol === 'https:' &&
    port === '' &&
    username === '' &&
    /^sns\.[a-z0-9-]{3,}\.amazonaws\.com(\.cn)?$/.test(hostname) &&
    /^\/[\w-]+\.pem$/.test(pathname)
  );
}

/**
 * An SNS message by its certificate, which the caller has fetched from `SigningCertURL` after isCertificateUrl held.
 * @throws InvalidSignature
 */
export function checkTopicMessage(message: TopicMessage, certificate: string, topics: readonly string[]): void {
  if (!topics.includes(message.TopicArn))
    throw new InvalidSignature(`TopicArn: ${message.TopicArn} is not one of ours`);
  if (!isCertificateUrl(message.SigningCertURL ?? '')) throw new InvalidSignature('SigningCertURL: is not of SNS');
  const verify = createVerify(message.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1');
  verify.update(signedText(message), 'utf8');
  if (!verify.verify(certificate, message.Signature ?? '', 'base64')) throw new InvalidSignature('Signature: is wrong');
}

/** Amazon SNS Developer Guide, "Verifying the signatures of Amazon SNS messages". */
export function signedText(message: TopicMessage): string {
  const names =
    message.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const);
  return names
    .filter((name) => message[name] !== undefined && message[name] !== null)
    .map((name) => `${name}\n${message[name]}\n`)
    .join('');
}
