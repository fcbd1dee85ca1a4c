/**
 * Whether a signed AWS request of a child process is signed right, by the same rules as at the local endpoint
 * (simulator/local/signature.ts). Asked by gateway.ts; in process nobody checks, as the wire trusts its own code.
 */
import type { IncomingMessage } from 'node:http';
import type { Cloud } from '../../cloud.ts';
import { AwsError } from '../../errors.ts';
import { apiOf, errorAnswer } from '../../local/exchange.ts';
import { declaredPayload } from '../../local/payload.ts';
import { received } from '../../local/received.ts';
import { refusal } from '../../local/refusals.ts';
import { checkSignature, checkTime, checkToken, sha256Hex, signatureOf } from '../../local/signature.ts';
import { callerOf } from '../../wire/credentials.ts';
import type { WireResponse } from '../../wire/message.ts';

/** The refusal; undefined when the signature is right or there is none, which is for the service to judge. */
export async function refuseWronglySigned(
  cloud: Cloud,
  request: IncomingMessage,
  body: Uint8Array,
): Promise<WireResponse | undefined> {
  const given = received(request);
  const client = apiOf(given);
  try {
    const signature = signatureOf(client, given);
    if (!signature) return undefined;
    callerOf(cloud, signature, client.service, client.protocol);
    const key = cloud.state.keys[signature.accessKeyId];
    if (!key) throw refusal(client, 'badSignature', 'The secret of this access key is not known here.');
    checkTime(client, signature, [() => cloud.now]);
    checkToken(client, signature, key, cloud.now);
    const payload = declaredPayload(client, given, signature) ?? sha256Hex(body);
    await checkSignature(client, given, signature, key, payload);
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return errorAnswer(client, error, given.method);
    throw error;
  }
}
