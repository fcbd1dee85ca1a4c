/** What a function prints: embedded metrics go to CloudWatch, every other line into the trace. Told by its environments. */
import type { Cloud } from '../cloud.ts';
import { ingestEmbeddedMetrics } from '../services/cloudwatch/embedded-metrics.ts';

export function takeLine(cloud: Cloud, region: string, functionName: string, line: string): void {
  if (ingestEmbeddedMetrics(cloud, region, line)) return;
  cloud.note(region, 'lambda', 'log', { function: functionName, line: parsed(line) });
}

/** A line of JSON as what it says, any other line as it is. */
function parsed(line: string): unknown {
  if (!line.startsWith('{')) return line;
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
