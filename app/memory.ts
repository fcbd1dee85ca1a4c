/** In-memory stand-ins for the database, the authority and the parameters: `npm run app -- --memory`, and tests. */
import type { Clock } from './clock.ts';
import { WriteTooLateUnsafe } from './errors.ts';
import type { Admission, Authority, AuthorityState } from './lease.ts';
import type { ParameterSource } from './parameters.ts';
import type { Store, StoredDocument } from './store.ts';

export function memoryStore(clock: Pick<Clock, 'monotonicMs'>): Store {
  const collections = new Map<string, Map<string, StoredDocument>>();
  const documentsOf = (name: string): Map<string, StoredDocument> => {
    const documents = collections.get(name) ?? new Map<string, StoredDocument>();
    collections.set(name, documents);
    return documents;
  };
  const check = ({ sendBy }: Admission): void => {
    if (clock.monotonicMs() > sendBy) throw new WriteTooLateUnsafe('too late');
  };
  const isAfter = (document: StoredDocument | undefined, { epoch }: Admission): boolean =>
    document !== undefined && document.epoch > epoch;
  return {
    use() {},
    async insert(name, document, admission) {
      check(admission);
      const documents = documentsOf(name);
      if (documents.has(document._id)) return 'exists';
      documents.set(document._id, document);
      return 'inserted';
    },
    async put(name, document, admission) {
      check(admission);
      const documents = documentsOf(name);
      if (isAfter(documents.get(document._id), admission)) throw new Error(`${document._id} is of a later epoch`);
      documents.set(document._id, document);
    },
    async remove(name, id, admission) {
      check(admission);
      const documents = documentsOf(name);
      return !isAfter(documents.get(id), admission) && documents.delete(id) ? 'removed' : 'missing';
    },
    get: async (name, id) => documentsOf(name).get(id) ?? null,
    newest: async (name) =>
      [...documentsOf(name).values()].sort((a, b) => String(b.at).localeCompare(String(a.at)))[0] ?? null,
    async close() {},
  };
}

/** An authority whose one holder is this region; `state` may be changed to play a takeover. */
export function memoryAuthority(region: string): Authority & { state: AuthorityState; counter: number } {
  return {
    state: { epoch: 1, holder: region, phase: 'active' },
    counter: 0,
    async read() {
      return this.state;
    },
    async renew(_endpoint, claim) {
      const { epoch, holder, phase } = this.state;
      if (phase !== 'active' || holder !== claim.region || epoch !== claim.epoch) return 'refused';
      this.counter++;
      return 'renewed';
    },
  };
}

export const fixedParameters = (endpoint: string, epoch = 1): ParameterSource => ({
  read: async () => ({
    database: { epoch, endpoint, reader: endpoint },
    consumers: { epoch: 1, enabled: true },
  }),
});
