/**
 * The last look at the alarms before a step that gives users more of the release: it may have waited for machines since the
 * judge looked (blue-green/I5, I15). Used by `shift` and `commit`.
 */
import type { ReleaseConfig } from '../shared/config.ts';
import type { Surroundings } from '../shared/lambda.ts';
import type { ReleaseMetrics } from '../shared/release-ports.ts';
import { AlarmUnsafe } from './errors.ts';
import { alarmsOf, type Plan } from './plan.ts';

/**
 * What cannot be read, or knows nothing, is the judge's to weigh: it has just done so, or a person does without.
 * @throws AlarmUnsafe when one is in ALARM
 */
export async function requireQuiet(
  { metrics, config, log }: { readonly metrics: Pick<ReleaseMetrics, 'alarms'> } & Surroundings<ReleaseConfig>,
  plan: Pick<Plan, 'redAlarms'>,
): Promise<void> {
  const wanted = alarmsOf(config, plan);
  if (wanted.length === 0) return;
  const alarms = await metrics.alarms(wanted).catch((error: unknown) => {
    log.warn('the alarms cannot be read', { error: String(error) });
    return [];
  });
  const red = alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
  if (red.length > 0) throw new AlarmUnsafe(`in ALARM: ${red.join(', ')}`);
}
