/** Who may speak: signatures, their window, two secrets at once, and links that act for one episode only. */
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  checkPagerduty,
  checkSentry,
  checkSigned,
  checkTopicMessage,
  isCertificateUrl,
  signatureOf,
  signedText,
  WINDOW_MS,
} from '../../functions/alert-routing/authenticity.ts';
import { InvalidSignature } from '../../functions/alert-routing/errors.ts';
import { linkUrl, readLink } from '../../functions/alert-routing/links.ts';
import { samples } from './samples.ts';
import { START } from './world.ts';

const BODY = '{"a":1}';

describe('our signature', () => {
  const headers = signatureOf(BODY, 'new', START);
  it('holds for the body as it was, within the window, with either secret', () => {
    expect(() => checkSigned(BODY, headers, ['new'], START)).not.toThrow();
    expect(() => checkSigned(BODY, headers, ['old', 'new'], START + WINDOW_MS)).not.toThrow();
  });

  it.each([
    ['another body', `${BODY} `, headers, ['new'], START],
    ['another secret', BODY, headers, ['old'], START],
    ['no secret at all', BODY, headers, [], START],
    ['a replay', BODY, headers, ['new'], START + WINDOW_MS + 1000],
    [
      'a later time in the header',
      BODY,
      { ...headers, 'x-mainstay-timestamp': String(START / 1000 + 1) },
      ['new'],
      START,
    ],
    ['no headers', BODY, {}, ['new'], START],
  ])('does not hold for %s', (_, body, given, secrets, now) => {
    expect(() => checkSigned(body, given, secrets as string[], now)).toThrow(InvalidSignature);
  });

  it('is never in the refusal', () => {
    try {
      checkSigned(BODY, { ...headers, 'x-mainstay-signature': 'v1=guess' }, ['topsecret'], START);
    } catch (error) {
      expect((error as Error).message).not.toMatch(/topsecret|[0-9a-f]{64}/);
    }
  });
});

describe('those of others', () => {
  it('are checked over the raw body', () => {
    const right = createHmac('sha256', 's').update(BODY).digest('hex');
    expect(() => checkSentry(BODY, { 'sentry-hook-signature': right }, ['old', 's'])).not.toThrow();
    expect(() => checkPagerduty(BODY, { 'x-pagerduty-signature': `v1=00,v1=${right}` }, ['s'])).not.toThrow();
    const hex = '9c3d5b';
    expect(() => checkSentry(BODY, { 'sentry-hook-signature': hex }, ['s'])).toThrow(InvalidSignature);
    expect(() => checkPagerduty(BODY, { 'x-pagerduty-signature': `v1=${hex},v1=${hex}` }, ['s'])).toThrow(
      InvalidSignature,
    );
  });

  it('of SNS hold by its certificate, for our topics, from its hosts only', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const message = samples.find(({ kind, name }) => kind === 'topic-message' && name === 'alarm')!.input as never as {
      TopicArn: string;
    };
    const signed = (change: object) => {
      const whole = { ...message, ...change } as Parameters<typeof signedText>[0];
      const Signature = createSign('RSA-SHA256').update(signedText(whole)).sign(privateKey, 'base64');
      return { ...whole, Signature };
    };
    const topics = [message.TopicArn];
    expect(() => checkTopicMessage(signed({}), key, topics)).not.toThrow();
    expect(() => checkTopicMessage({ ...signed({}), Message: 'other' }, key, topics)).toThrow(/Signature/);
    expect(() => checkTopicMessage(signed({}), key, [])).toThrow(/TopicArn/);
    expect(() =>
      checkTopicMessage(signed({ SigningCertURL: 'https://sns.evil.example.com/a.pem' }), key, topics),
    ).toThrow(/SigningCertURL/);
  });

  it.each([
    ['https://sns.us-west-2.amazonaws.com/SimpleNotificationService-1.pem', true],
    ['https://sns.cn-north-1.amazonaws.com.cn/a.pem', true],
    ['http://sns.us-west-2.amazonaws.com/a.pem', false],
    ['https://sns.us-west-2.amazonaws.com.evil.example.com/a.pem', false],
    ['https://user@sns.us-west-2.amazonaws.com/a.pem', false],
    ['https://sns.us-west-2.amazonaws.com:8443/a.pem', false],
    ['https://s3.us-west-2.amazonaws.com/bucket/a.pem', false],
    ['not a URL', false],
  ])('certificate %s: %s', (url, isOurs) => expect(isCertificateUrl(url)).toBe(isOurs));
});

describe('a link in a message', () => {
  const link = { act: 'acknowledge', group: 'g', incident: 'i', expiresAt: START + 1000 } as const;
  const url = new URL(linkUrl('https://alerts.example.com/', link, 'new'));

  it('acts for its episode until it expires, with either secret', () => {
    expect(url.pathname).toBe('/acknowledge');
    expect(readLink('acknowledge', url.searchParams, ['old', 'new'], START)).toEqual(link);
    expect(() => readLink('acknowledge', url.searchParams, ['new'], START + 1000)).toThrow(/expired/);
  });

  it.each(['incident', 'group', 'expires', 'signature'])('with another %s acts for nothing', (name) => {
    const other = new URLSearchParams(url.searchParams);
    other.set(name, name === 'expires' ? String(START + 99_000) : 'other');
    expect(() => readLink('acknowledge', other, ['new'], START)).toThrow(/signature is wrong/);
  });

  it('to acknowledge does not silence', () => {
    expect(() => readLink('silence', url.searchParams, ['new'], START)).toThrow(/signature is wrong/);
    expect(() => readLink('delete', url.searchParams, ['new'], START)).toThrow(InvalidSignature);
  });
});
