/** awsJson 1.0 and 1.1: one URL, the operation in X-Amz-Target, a JSON object both ways. */
import type { Client, Operation } from './clients.ts';
import { bytesOf, type WireRequest } from './message.ts';
import type { Encoded, Protocol } from './protocol.ts';

/** The body of a JSON protocol's structure. */
export function encodeBody(client: Client, schema: Operation['output'], value: object): Uint8Array {
  if (!client.codec) throw new Error(`${client.service} has no body codec`);
  const serializer = client.codec.createSerializer();
  serializer.write(schema, value);
  return bytesOf(serializer.flush());
}

/** Reads a body by its schema. */
export async function decodeBody(client: Client, schema: Operation['input'], body: Uint8Array): Promise<unknown> {
  if (!client.codec) throw new Error(`${client.service} has no body codec`);
  return client.codec.createDeserializer().read(schema, body);
}

const emptyObject = bytesOf('{}');

export const awsJson: Protocol = {
  async decode(client, operation, request: WireRequest) {
    if (request.body.byteLength <= emptyObject.byteLength || operation.input.isUnitSchema()) return {};
    return (await decodeBody(client, operation.input, request.body)) as Record<string, unknown>;
  },

  encode(client, operation, output, { request }): Encoded {
    const body = operation.output.isUnitSchema() ? emptyObject : encodeBody(client, operation.output, output);
    return {
      status: 200,
      headers: { 'content-type': request.headers['content-type'] ?? 'application/x-amz-json-1.1' },
      body,
    };
  },
};
