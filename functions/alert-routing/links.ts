/**
 * Links by which people acknowledge or silence from a message: signed, for one episode, for a limited time. Opening one
 * only shows a form; what it asks for is done by its POST, since mail programs open every link they see. Pure.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { InvalidSignature } from './errors.ts';

export type Act = 'acknowledge' | 'silence';

export interface Link {
  readonly act: Act;
  readonly group: string;
  readonly incident: string;
  /** Exclusive; milliseconds since the epoch. */
  readonly expiresAt: number;
}

const textOf = ({ act, group, incident, expiresAt }: Link): string => `${act}\n${group}\n${incident}\n${expiresAt}`;

const signed = (link: Link, secret: string): string =>
  createHmac('sha256', secret)
    .update(`mainstay-link-1\n${textOf(link)}`)
    .digest('base64url');

export function linkUrl(base: string, link: Link, secret: string): string {
  const { act, group, incident, expiresAt } = link;
  const query = new URLSearchParams({ group, incident, expires: String(expiresAt), signature: signed(link, secret) });
  return `${base.replace(/\/$/, '')}/${act}?${query}`;
}

/** @throws InvalidSignature when it is not ours, or has expired */
export function readLink(act: string, query: URLSearchParams, secrets: readonly string[], now: number): Link {
  const [group, incident] = [query.get('group') ?? '', query.get('incident') ?? ''];
  const expiresAt = Number(query.get('expires') ?? Number.NaN);
  const given = Buffer.from(query.get('signature') ?? '');
  if ((act !== 'acknowledge' && act !== 'silence') || !Number.isSafeInteger(expiresAt)) {
    throw new InvalidSignature('link: its parts are missing; use the link as it is in the message');
  }
  const link: Link = { act, group, incident, expiresAt };
  const holds = secrets.reduce((found, secret) => {
    const wanted = Buffer.from(signed(link, secret));
    return (wanted.length === given.length && timingSafeEqual(wanted, given)) || found;
  }, false);
  if (!holds) throw new InvalidSignature('link: its signature is wrong; use the link as it is in the message');
  if (now >= expiresAt) throw new InvalidSignature('link: it has expired; use the command instead');
  return link;
}
