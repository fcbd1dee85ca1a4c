/** What each of AWS's wire protocols must be able to do; `server.ts` picks one by the client's own protocol. */

import type { Client, Operation, ProtocolName } from './clients.ts';
import { awsJson } from './json.ts';
import type { WireRequest, WireResponse } from './message.ts';
import { awsQuery, ec2Query } from './query.ts';
import { rest } from './rest.ts';

/** An answer before the headers that every answer has. */
export type Encoded = WireResponse;

export interface Exchange {
  readonly request: WireRequest;
  readonly requestId: string;
}

export interface Protocol {
  /** Reads the input of an operation. Throws AwsError 'SerializationException' when the body cannot be read. */
  decode(
    client: Client,
    operation: Operation,
    request: WireRequest,
    labels: Readonly<Record<string, string>>,
  ): Promise<Record<string, unknown>>;
  encode(client: Client, operation: Operation, output: Record<string, unknown>, exchange: Exchange): Encoded;
}

export const protocols: Readonly<Record<ProtocolName, Protocol>> = {
  awsJson,
  awsQuery,
  ec2Query,
  restJson1: rest,
  restXml: rest,
};
