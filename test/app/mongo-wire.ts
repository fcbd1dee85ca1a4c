/**
 * Enough of MongoDB's wire protocol for one driver to connect and write: OP_MSG in, OP_MSG out, no authentication.
 * Not a database; it records the commands that really arrived.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { BSON } from 'mongodb';

const OP_QUERY = 2004;
const OP_REPLY = 1;
const OP_MSG = 2013;

export interface MongoWire {
  readonly port: number;
  /** Names and options of the commands that arrived, handshakes left out. */
  readonly arrived: Record<string, unknown>[];
  /** Answers to writes wait this long. */
  answerAfterMs: number;
  close(): Promise<void>;
}

export async function startMongoWire(): Promise<MongoWire> {
  const sockets = new Set<Socket>();
  const arrived: Record<string, unknown>[] = [];
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let rest = Buffer.alloc(0);
    socket.on('data', (data) => {
      rest = Buffer.concat([rest, data]);
      while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
        const message = rest.subarray(0, rest.readInt32LE(0));
        rest = rest.subarray(message.length);
        receive(socket, message);
      }
    });
  });
  const wire: MongoWire = {
    port: 0,
    arrived,
    answerAfterMs: 0,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };

  function receive(socket: Socket, message: Buffer): void {
    const operation = message.readInt32LE(12);
    const command = operation === OP_QUERY ? queryIn(message) : BSON.deserialize(message.subarray(21));
    const name = Object.keys(command)[0] ?? '';
    const isHello = /^(hello|ismaster)$/i.test(name);
    if (!isHello && name !== 'endSessions') arrived.push(command);
    const answer = encode(isHello ? HELLO : { ok: 1, n: 1 }, operation, message.readInt32LE(4));
    setTimeout(() => socket.write(answer), isHello ? 0 : wire.answerAfterMs);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(wire, { port: (server.address() as { port: number }).port });
}

const HELLO = {
  helloOk: true,
  ismaster: true,
  isWritablePrimary: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 1_000,
  minWireVersion: 0,
  maxWireVersion: 21,
  readOnly: false,
  ok: 1,
};

/** The old opcode of the very first handshake: flags, name, skip, return, document. */
function queryIn(message: Buffer): Record<string, unknown> {
  const nameEnds = message.indexOf(0, 20);
  return BSON.deserialize(message.subarray(nameEnds + 9));
}

function encode(document: Record<string, unknown>, inAnswerTo: number, requestId: number): Buffer {
  const body = BSON.serialize(document);
  const headerBytes = inAnswerTo === OP_QUERY ? 36 : 21;
  const message = Buffer.alloc(headerBytes + body.length);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(requestId, 8);
  message.writeInt32LE(inAnswerTo === OP_QUERY ? OP_REPLY : OP_MSG, 12);
  if (inAnswerTo === OP_QUERY) message.writeInt32LE(1, 32);
  message.set(body, headerBytes);
  return message;
}
