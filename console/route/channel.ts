/** A webhook as a channel of `mainstay route`: connections are kept, an answer has its time, nothing is ever thrown. */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Intent } from '../../functions/alert-routing/incident.ts';
import type { Channel, Delivery } from '../../functions/alert-routing/ports.ts';
import type { ProviderAnswer } from '../../functions/alert-routing/render/request.ts';
import { interpretWebhook, renderWebhook } from '../../functions/alert-routing/render/webhook.ts';

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  readonly secret: string | null;
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** More of an answer than this nobody reads. */
const ANSWER_MAX = 64 * 1024;

export class Webhook implements Channel {
  readonly #options: WebhookOptions;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(options: WebhookOptions) {
    this.#options = options;
    const pool = { keepAlive: true, maxSockets: 16 };
    this.#agent = options.url.startsWith('https:') ? new HttpsAgent(pool) : new HttpAgent(pool);
  }

  async send(intent: Intent): Promise<Delivery> {
    const { url, secret, name, now } = this.#options;
    const { headers, body } = renderWebhook(intent, { url, secret, at: now(), receiver: name });
    return interpretWebhook(await this.#post(headers, body));
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(headers: Readonly<Record<string, string>>, body: string): Promise<ProviderAnswer> {
    const { url, timeoutMs } = this.#options;
    const request = url.startsWith('https:') ? httpsRequest : httpRequest;
    return new Promise((resolve) => {
      const outgoing = request(url, {
        method: 'POST',
        agent: this.#agent,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      });
      const timer = setTimeout(() => outgoing.destroy(), timeoutMs);
      const end = (answer: ProviderAnswer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      outgoing.on('error', () => end(null));
      outgoing.on('response', (answer) => {
        const parts: Buffer[] = [];
        let size = 0;
        answer.on('data', (part: Buffer) => {
          size += part.length;
          if (size <= ANSWER_MAX) parts.push(part);
        });
        answer.on('error', () => end(null));
        answer.on('end', () => {
          const flat = Object.entries(answer.headers).map(([header, value]) => [header, String(value)]);
          end({
            status: answer.statusCode ?? 0,
            headers: Object.fromEntries(flat),
            body: Buffer.concat(parts).toString(),
          });
        });
      });
      outgoing.end(body);
    });
  }
}
