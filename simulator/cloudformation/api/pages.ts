/** Answers in pages. The token is the place where the next page begins, unreadable as AWS's are. */
import { invalid } from './errors.ts';

export interface Page<T> {
  readonly items: T[];
  readonly NextToken?: string;
}

/** Throws ValidationError for a token that was not given out. */
export function pageOf<T>(all: readonly T[], token: string | undefined, size: number): Page<T> {
  const start = token === undefined ? 0 : placeIn(token, all.length);
  const end = start + size;
  return { items: all.slice(start, end), ...(end < all.length && { NextToken: tokenFor(end) }) };
}

const tokenFor = (place: number): string => Buffer.from(`from:${place}`).toString('base64url');

function placeIn(token: string, length: number): number {
  const place = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (place === undefined || Number(place) > length) throw invalid('Invalid NextToken');
  return Number(place);
}
