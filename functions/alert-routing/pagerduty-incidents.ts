/** What PagerDuty has open, by its REST API (developer documentation, "List incidents"). Null is unknown, with the reason. */
import * as z from 'zod';
import type { Secrets, Web } from '../shared/ports.ts';

const URL_OF_INCIDENTS = 'https://api.pagerduty.com/incidents';
/** REST API, "Pagination": at most 100 a page, and 10,000 in all. */
const PAGE = 100;
const PAGES_MAX = 100;
const ANSWER_MS_MAX = 8_000;

/** Of the secret with the read-only token. */
export const PAGERDUTY_API_SECRET = 'alert-routing/pagerduty-api';

const Page = z.object({
  incidents: z.array(z.object({ incident_key: z.string().nullish(), status: z.string() })),
  more: z.boolean(),
});

export interface ProviderIncidents {
  /** Deduplication keys of all that is not resolved. */
  open(): Promise<{ readonly keys: ReadonlySet<string> } | { readonly unknown: string }>;
}

export const pagerdutyIncidents = (web: Web, secrets: Secrets, secret: string): ProviderIncidents => ({
  async open() {
    try {
      const [token = ''] = await secrets.read(secret);
      const keys = new Set<string>();
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const query = `date_range=all&statuses[]=triggered&statuses[]=acknowledged&limit=${PAGE}&offset=${page * PAGE}`;
        const headers = { authorization: `Token token=${token}`, accept: 'application/vnd.pagerduty+json;version=2' };
        const url = `${URL_OF_INCIDENTS}?${query}`;
        const answer = await web.send({ method: 'GET', url, headers, timeoutMs: ANSWER_MS_MAX });
        if (!answer) return { unknown: 'PagerDuty did not answer' };
        if (answer.status !== 200) return { unknown: `PagerDuty answered ${answer.status}` };
        const { incidents, more } = Page.parse(JSON.parse(answer.body));
        for (const { incident_key: key } of incidents) if (key) keys.add(key);
        if (!more) return { keys };
      }
      return { unknown: `PagerDuty has more than ${PAGE * PAGES_MAX} open incidents` };
    } catch (error) {
      return { unknown: (error as Error).name };
    }
  },
});
