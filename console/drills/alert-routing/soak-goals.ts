/**
 * What must come true in the end, whatever was injected, once the faults are over: every grave alert that fires stands in
 * PagerDuty, or its second channel was told (by the shipped table telephones for a P0, Slack for a P1); and nothing that is
 * over stands there.
 */
import { providersState } from '../../../simulator/world/index.ts';
import { type Evidence, isPage, toldOf } from './evidence.ts';
import { lastSpan, startsAs } from './history.ts';

/** A sentence for each thing that has not come true. */
export function unsettled(evidence: Evidence): string[] {
  const { incidents } = providersState(evidence.cloud).pagerduty;
  const open = new Set(incidents.filter(({ status }) => status !== 'resolved').map(({ dedupKey }) => dedupKey));
  return evidence.history.flatMap((alert) => {
    const span = lastSpan(alert);
    if (!span || startsAs(span) > 'P1') return [];
    const told = toldOf(evidence, alert.name);
    const stands = told.some((one) => isPage(one) && open.has(one.key));
    if (span.to !== Number.POSITIVE_INFINITY) return stands ? [`${alert.name} is over, and its page is open`] : [];
    const second = startsAs(span) === 'P0' ? ['phones'] : ['phones', 'slack operations post'];
    const isTold = told.some(({ says, lost }) => !lost && second.includes(says));
    return stands || isTold ? [] : [`${alert.name} fires, and nobody was told`];
  });
}
