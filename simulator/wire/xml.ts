/** Writes XML by a schema; used for the query protocols' answers and for every XML error. */
import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { Client } from './clients.ts';
import { bytesOf } from './message.ts';

type Described = Pick<Client, 'service' | 'xmlNamespace'>;

const serializers = new WeakMap<Described, XmlShapeSerializer>();

/** Smithy's number for timestamps as 2026-01-02T03:04:05Z. */
const dateTime = 5;

function serializerOf(client: Described): XmlShapeSerializer {
  let serializer = serializers.get(client);
  if (!serializer) {
    serializer = new XmlShapeSerializer({
      timestampFormat: { useTrait: true, default: dateTime },
      httpBindings: false,
      xmlNamespace: client.xmlNamespace,
      serviceNamespace: client.service,
    });
    serializers.set(client, serializer);
  }
  return serializer;
}

/** A document whose root element has the schema's name. */
export function xmlDocument(client: Described, schema: NormalizedSchema, value: object): Uint8Array {
  const serializer = serializerOf(client);
  serializer.write(schema, value);
  return bytesOf(`<?xml version="1.0" encoding="UTF-8"?>\n${serializer.flush()}`);
}
